import patchviz as pv

spec = pv.Spectrogram.example()
try:
    patches = spec.patches(duration=20.0)
except pv.PatchvizError as error:
    print(error)
    patches = spec.patches(duration=20.0, tail="pad")
pv.PatchView(patches)
