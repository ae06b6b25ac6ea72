// A unified diff as tables of lines, one for each file.

import { files } from "@/lib/diff";

const SIGNS = { added: "+", removed: "−", same: "", hunk: "", meta: "" };

export function DiffView({ text }: { text: string }) {
  const found = files(text);
  if (!found.length) return <p className="muted">No files differ.</p>;
  return (
    <div>
      {found.map((file) => (
        <details key={file.path} open className="v-file">
          <summary>
            <span className="mono">{file.path}</span> <span className="v-good">+{file.added}</span>{" "}
            <span className="v-bad">−{file.removed}</span>
          </summary>
          <div className="scroll" tabIndex={0}>
            <table className="v-diff">
              <tbody>
                {file.lines.map((line, index) => (
                  <tr key={index} className={`v-diff-${line.kind}`}>
                    <td>{line.before ?? ""}</td>
                    <td>{line.after ?? ""}</td>
                    <td aria-hidden="true">{SIGNS[line.kind]}</td>
                    <td>
                      <code>{line.text || " "}</code>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </details>
      ))}
    </div>
  );
}
