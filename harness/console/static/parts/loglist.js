// A list of log lines of which only those on the screen are drawn: ten thousand scroll like ten.

import { html, useEffect, useRef, useState } from "../lib.js";
import { clockMs } from "../logic/format.js";
import { isAtEnd, visible } from "../logic/windowing.js";
import { laneOf } from "./colors.js";

const { useLayoutEffect } = React;
const ROW_PX = 22;
const LEVELS = { WARNING: "WARN", CRITICAL: "CRIT" };

export function LogList({ lines, chosen, onChoose, isFollowing, onFollow }) {
  const box = useRef(null);
  const [scroll, setScroll] = useState({ top: 0, height: 600 });
  const before = useRef([]);
  useEffect(() => {
    const list = box.current; // React forgets it a moment before it cleans up
    const watcher = new ResizeObserver(() => setScroll((was) => ({ ...was, height: list.clientHeight })));
    watcher.observe(list);
    return () => watcher.disconnect();
  }, []);
  useLayoutEffect(() => {
    const list = box.current;
    if (isFollowing) {
      list.scrollTop = list.scrollHeight;
    } else if (lines.length) {
      // Lines left above, or came there: what is being read stays where it is.
      const gone = before.current.findIndex((line) => line.seq === lines[0].seq);
      const came = before.current.length ? lines.findIndex((line) => line.seq === before.current[0].seq) : 0;
      if (gone > 0) list.scrollTop = Math.max(0, list.scrollTop - gone * ROW_PX);
      else if (came > 0) list.scrollTop += came * ROW_PX;
    }
    before.current = lines;
  }, [lines, isFollowing]);
  const moved = (event) => {
    const { scrollTop, clientHeight, scrollHeight } = event.currentTarget;
    setScroll({ top: scrollTop, height: clientHeight });
    const atEnd = isAtEnd(scrollTop, clientHeight, scrollHeight);
    if (atEnd !== isFollowing) onFollow(atEnd);
  };
  const step = (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const at = lines.findIndex((line) => line.seq === chosen) + by;
    if (lines[at]) {
      onChoose(lines[at]);
      box.current.scrollTop = Math.max(0, at * ROW_PX - scroll.height / 2);
    }
  };
  const { from, to, above, below } = visible(lines.length, ROW_PX, scroll.top, scroll.height);
  return html`<div ref=${box} class="v-loglist" role="log" aria-live="off" tabindex="0" aria-label=${`${lines.length} log lines`} onScroll=${moved} onKeyDown=${step}>
    <div style=${{ height: `${above}px` }}></div>
    ${lines.slice(from, to).map((line) => html`<div key=${line.seq} aria-current=${line.seq === chosen ? "true" : undefined} class=${`v-line v-level-${line.level}`} onClick=${() => onChoose(line)}>
      <span class="muted">${clockMs(Date.parse(line.timestamp))}</span>
      <b>${LEVELS[line.level] ?? line.level}</b>
      <span class="v-line-service"><i style=${{ background: laneOf(line.service) }}></i>${line.service}</span>
      <span class="v-line-text">${line.event}${rest(line)}</span>
    </div>`)}
    <div style=${{ height: `${below}px` }}></div>
  </div>`;
}

const APART = new Set(["seq", "timestamp", "service", "version", "level", "event", "trace_id", "span_id", "traceback", "logger"]);

function rest(line) {
  const found = Object.entries(line).filter(([name, value]) => !APART.has(name) && value !== null && value !== "");
  return found.length ? html` <span class="muted">${found.map(([name, value]) => `${name}=${typeof value === "object" ? JSON.stringify(value) : value}`).join(" ")}</span>` : null;
}
