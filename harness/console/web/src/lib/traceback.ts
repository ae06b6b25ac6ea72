// A traceback in which what the shop's own code did is not drowned by the frames of libraries.

const FRAME = /^([ |+-]*?) {2}File "([^"]*)", line /;
const LIBRARY = /(?:site|dist)-packages\/(\w+)/;
const SHOPS = /^(?!.*(?:site|dist)-packages\/)(?:.*\/)?services\/\w+\//;
const OWNERS_SHOWN = 3;

/** The same text, each run of frames that are not the shop's as one line that names their owners. */
export function foldFrames(text: string): string {
  const shown: string[] = [];
  let owners: string[] = [];
  let margin = "";
  const unfold = () => {
    if (!owners.length) return;
    const names = [...new Set(owners)];
    const more = names.length > OWNERS_SHOWN ? ", …" : "";
    shown.push(
      `${margin}  … ${owners.length} frame${owners.length === 1 ? "" : "s"} of ${names.slice(0, OWNERS_SHOWN).join(", ")}${more}`,
    );
    owners = [];
  };
  for (const line of text.trimEnd().split("\n")) {
    const frame = FRAME.exec(line);
    const rest = line.startsWith(margin) ? line.slice(margin.length) : line;
    const [, indent = "", file = ""] = frame ?? [];
    if (frame && !SHOPS.test(file)) {
      if (indent !== margin) unfold();
      margin = indent;
      owners.push(LIBRARY.exec(file)?.[1] ?? "Python");
    } else if (
      !owners.length ||
      frame ||
      !(rest.startsWith("    ") || rest.startsWith("  [Previous"))
    ) {
      unfold();
      shown.push(line);
    }
  }
  unfold();
  return shown.join("\n");
}
