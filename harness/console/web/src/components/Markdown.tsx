import { Suspense, lazy } from "react";

const MarkdownText = lazy(() => import("./MarkdownText"));

/** A text that people wrote in Markdown; as it was written, until what reads it is here. */
export function Markdown({ text }: { text: string }) {
  return (
    <div className="markdown">
      <Suspense fallback={<pre className="text">{text}</pre>}>
        <MarkdownText text={text} />
      </Suspense>
    </div>
  );
}
