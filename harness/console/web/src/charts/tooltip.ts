// What is at the cursor: the time, the marks that stand there, and the values, the largest first.

import type { RefObject } from "react";
import type uPlot from "uplot";
import { clock } from "@/lib/format";
import type { Mark } from "@/lib/moments";
import { figureOf, type PlotProps } from "./props";
import { inkOfMark, KINDS } from "./marks";

const ROWS_MAX = 12;
const MARK_PX = 6;

/** Shown where the pointer or the keyboard is, not on the charts that share the cursor. */
export function tooltip(latest: RefObject<PlotProps>): uPlot.Plugin {
  const box = document.createElement("div");
  box.className = "v-tip";
  box.hidden = true;
  return {
    hooks: {
      init: (plot) => plot.over.append(box),
      setCursor: (plot) => {
        const { idx, left = -1, top = 0 } = plot.cursor;
        box.hidden = idx === null || idx === undefined || left < 0 || !isHere(plot);
        if (box.hidden) return;
        box.replaceChildren(...contents(plot, latest.current, idx ?? 0, left));
        const { clientWidth, clientHeight } = plot.over;
        const aside = left > clientWidth / 2 ? "calc(-100% - 12px)" : "12px";
        const above = top > clientHeight / 2 ? "-100%" : "0";
        Object.assign(box.style, {
          left: `${left}px`,
          top: `${top}px`,
          transform: `translate(${aside}, ${above})`,
        });
      },
    },
  };
}

function isHere({ over, root }: uPlot): boolean {
  return over.matches(":hover") || root.closest(".v-chart") === document.activeElement;
}

function contents(plot: uPlot, props: PlotProps, index: number, left: number): HTMLElement[] {
  const at = plot.data[0][index] ?? 0;
  const isNear = (mark: Mark) => Math.abs(plot.valToPos(mark.atS, "x") - left) <= MARK_PX;
  const rows = sorted(props, index);
  const text = figureOf(props);
  return [
    element("b", clock(at * 1000)),
    ...(props.marks ?? []).filter(isNear).map((mark) => {
      const line = element("p", `${clock(mark.atS * 1000)} ${KINDS[mark.kind]}: ${mark.label}`);
      line.style.color = inkOfMark(mark);
      return line;
    }),
    ...rows.slice(0, ROWS_MAX).map((row) => {
      const line = element("p", "");
      const chip = element("i", "");
      chip.style.background = row.ink;
      line.append(chip, element("span", row.label), element("strong", text(row.value)));
      return line;
    }),
    ...(rows.length > ROWS_MAX ? [element("p", `and ${rows.length - ROWS_MAX} more`)] : []),
  ];
}

/** The series that have a value there, the largest first. */
export function sorted({ series }: Pick<PlotProps, "series">, index: number) {
  return series
    .flatMap(({ label, ink, values }) => {
      const value = values[index];
      return value === null || value === undefined ? [] : [{ label, ink, value }];
    })
    .toSorted((one, other) => other.value - one.value);
}

function element(name: string, text: string): HTMLElement {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}
