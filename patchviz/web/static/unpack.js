// Runs a script that a page carries compressed (packed.py), where it stands.
(async (packed, here) => {
  if (!("DecompressionStream" in window)) {
    here?.before("This browser is too old for patchviz's player: it has no DecompressionStream. The whole picture stands still.");
    return;
  }
  const bytes = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0));
  const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  const script = document.createElement("script");
  script.nonce = here?.nonce ?? ""; // of a page whose policy is its own
  script.textContent = await new Response(unpacked).text();
  document.head.append(script);
  script.remove();
})("@packed", document.currentScript);
