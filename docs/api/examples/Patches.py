import patchviz as pv

spec = pv.Spectrogram.example()
patches = spec.patches(duration=3.0, hop_duration=1.5)
pv.plot_spectrogram(patches, mark=len(patches))
