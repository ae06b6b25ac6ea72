import type { RevisionData } from "@/api/records";
import { useNewest } from "@/api/useNewest";
import { useShared } from "@/components/useShared";
import type { Belief } from "@/lib/merge";
import { freshId } from "@/lib/merge";
import { rebalanced, scaled } from "@/lib/percents";

export interface Beliefs {
  list: Belief[];
  reason: string;
}

export type Side = "for" | "against";
export type Lay = (id: string, side: Side, link: string) => void;
export type Held = ReturnType<typeof useHypotheses>;

const NONE: Beliefs = { list: [], reason: "" };

function readRevision(data: RevisionData): Beliefs {
  return {
    reason: "",
    list: data.hypotheses.map((one) => ({
      id: one.id,
      text: one.text,
      probability: one.probability_percent,
      service: one.service,
      mechanism: one.mechanism,
      for: [...one.evidence_for],
      against: [...one.evidence_against],
    })),
  };
}

/** The hypotheses as they are being written: `list`, and what can be done to it. */
export function useHypotheses() {
  const newest = useNewest("hypotheses.revised");
  const form = useShared("hypotheses", newest, readRevision, NONE);
  const change = (edit: (list: Belief[]) => Belief[]) =>
    form.set((before) => ({ ...before, list: edit(before.list) }));
  return {
    form,
    newest,
    list: form.value.list,
    put: (id: string, fields: Partial<Belief>) =>
      change((list) => list.map((one) => (one.id === id ? { ...one, ...fields } : one))),
    slide: (index: number, wanted: number) =>
      change((list) => {
        const shares = rebalanced(
          list.map((one) => one.probability),
          index,
          wanted,
        );
        return list.map((one, at) => ({ ...one, probability: shares[at] ?? 0 }));
      }),
    add: () =>
      change((list) => {
        const kept = scaled(
          list.map((one) => one.probability),
          list.length ? 90 : 0,
        );
        const grown = list.map((one, at) => ({ ...one, probability: kept[at] ?? 0 }));
        const id = freshId(list.map((one) => one.id));
        return [
          ...grown,
          {
            id,
            text: "",
            probability: list.length ? 10 : 100,
            service: "",
            mechanism: "",
            for: [],
            against: [],
          },
        ];
      }),
    remove: (id: string) =>
      change((list) => {
        const left = list.filter((one) => one.id !== id);
        const shares = scaled(
          left.map((one) => one.probability),
          100,
        );
        return left.map((one, at) => ({ ...one, probability: shares[at] ?? 0 }));
      }),
    lay: (id: string, side: Side, link: string) =>
      change((list) =>
        list.map((one) =>
          one.id === id && !one[side].includes(link)
            ? { ...one, [side]: [...one[side], link] }
            : one,
        ),
      ),
  };
}
