import { Card } from "@/components/Card";

const INKS = ["ink", "muted", "accent", "good", "warn", "bad", "info", "quiet"];
const GROUNDS = ["bg", "panel", "line", "good-bg", "warn-bg", "bad-bg", "info-bg"];
const SERIES = Array.from({ length: 10 }, (_, index) => `series-${index + 1}`);
const SPACES = [1, 2, 3, 4, 5, 6, 8, 10, 20];

function Swatches({ names }: { names: readonly string[] }) {
  return (
    <div className="chips">
      {names.map((name) => (
        <span className="chip" key={name}>
          <i className="v-dot" style={{ background: `var(--${name})` }} /> {name}
        </span>
      ))}
    </div>
  );
}

export function Tokens() {
  return (
    <Card title="Tokens" id="tokens">
      <h3>Inks and states</h3>
      <Swatches names={INKS} />
      <h3>Grounds</h3>
      <Swatches names={GROUNDS} />
      <h3>Series</h3>
      <Swatches names={SERIES} />
      <h3>Space</h3>
      <div className="chips">
        {SPACES.map((size) => (
          <span className="chip" key={size}>
            <i
              className="v-dot"
              style={{ background: "var(--accent)", width: `var(--space-${size})` }}
            />{" "}
            space-{size}
          </span>
        ))}
      </div>
      <h3>Type</h3>
      <h1>A heading of a page</h1>
      <h2>A heading of a card</h2>
      <h3>A heading within it</h3>
      <p>
        Text, <span className="muted">an aside</span>, <code>code</code>, <kbd>g</kbd>,{" "}
        <a href="#type">a link</a>, <span className="late">overdue by 0:12</span>
      </p>
      <p className="v-figure">1,337</p>
    </Card>
  );
}
