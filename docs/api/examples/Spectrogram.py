import patchviz as pv

spec = pv.Spectrogram.example()  # a spoken verse, as 128 mel bands
pv.plot_spectrogram(spec)
