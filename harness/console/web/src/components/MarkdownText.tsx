// Markdown as elements. Fetched when the first of it is shown: nothing else needs its parser.

import type { ComponentProps } from "react";
import Markdown from "react-markdown";
import remarkGfm from "remark-gfm";

const PLUGINS = [remarkGfm];

/** What people wrote is of one drill; where a link of it leads is not, and opens beside. */
function Outside({ href, children }: ComponentProps<"a">) {
  return (
    <a href={href} target="_blank" rel="noreferrer">
      {children}
    </a>
  );
}

/** In words: the policy of the pages lets no picture of elsewhere in. */
function Picture({ alt, src }: ComponentProps<"img">) {
  return <span className="muted">[picture: {alt || src}]</span>;
}

const PARTS = { a: Outside, img: Picture };

/** HTML in it is shown as it was written, never taken for markup. */
export default function MarkdownText({ text }: { text: string }) {
  return (
    <Markdown remarkPlugins={PLUGINS} components={PARTS}>
      {text}
    </Markdown>
  );
}
