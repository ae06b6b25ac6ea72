import { api } from "@/api/client";
import type { RevisionData } from "@/api/records";
import { useAct } from "@/api/useAct";
import { useNewest } from "@/api/useNewest";
import { useShared } from "@/components/useShared";
import type { Side } from "@/lib/declaring";
import { isComplete, laid } from "@/lib/declaring";
import type { Belief } from "@/lib/merge";
import { freshId } from "@/lib/merge";
import { rebalanced, scaled } from "@/lib/percents";

export interface Beliefs {
  list: Belief[];
  reason: string;
}

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

const blank = (id: string, text: string, probability: number): Belief => ({
  id,
  text,
  probability,
  service: "",
  mechanism: "",
  for: [],
  against: [],
});

/** Whoever is not sure of their only hypothesis believes in something else, too. */
const rest = (list: readonly Belief[]): Belief =>
  blank(freshId(list.map((one) => one.id)), "Something else", 0);

const send = ({ reason, list }: Beliefs) =>
  api.post("/v1/hypotheses", { reason, hypotheses: list });

/** The hypotheses as they are being written: `list`, and what can be done to it. */
export function useHypotheses() {
  const newest = useNewest("hypotheses.revised");
  const form = useShared("hypotheses", newest, readRevision, NONE);
  const change = (edit: (list: Belief[]) => Belief[]) =>
    form.set((before) => ({ ...before, list: edit(before.list) }));
  const save = useAct((written: Beliefs) => form.save(send, written));
  return {
    form,
    newest,
    save,
    list: form.value.list,
    put: (id: string, fields: Partial<Belief>) =>
      change((list) => list.map((one) => (one.id === id ? { ...one, ...fields } : one))),
    slide: (index: number, wanted: number) =>
      change((list) => {
        const all = list.length === 1 && wanted < 100 ? [...list, rest(list)] : list;
        const shares = rebalanced(
          all.map((one) => one.probability),
          index,
          wanted,
        );
        return all.map((one, at) => ({ ...one, probability: shares[at] ?? 0 }));
      }),
    add: () =>
      change((list) => {
        const kept = scaled(
          list.map((one) => one.probability),
          list.length ? 90 : 0,
        );
        const grown = list.map((one, at) => ({ ...one, probability: kept[at] ?? 0 }));
        const id = freshId(list.map((one) => one.id));
        return [...grown, blank(id, "", list.length ? 10 : 100)];
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
    /** Evidence is saved with the click that lays it: what was picked up is lost by nobody. */
    lay: (id: string, side: Side, link: string): void => {
      const list = laid(form.value.list, id, side, link);
      if (!isComplete(list) || form.clash) return form.set((before) => ({ ...before, list }));
      const written = { list, reason: form.value.reason || `evidence ${side} ${id}: ${link}` };
      form.set(written);
      void save.run(written);
    },
  };
}
