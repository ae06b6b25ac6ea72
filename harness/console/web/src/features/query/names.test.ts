import { expect, test } from "vitest";
import { namesOf } from "./names";

const ANSWERS: Record<string, Record<string, string>[]> = {
  'count by (__name__) ({__name__=~".+"})': [{ __name__: "up" }, { __name__: "charges_total" }],
  up: [
    { __name__: "up", service: "orders", job: "shop" },
    { __name__: "up", service: "feed" },
  ],
  "count by (service) (up)": [{ service: "orders" }, { service: "feed" }, {}],
};

function answering() {
  const asked: string[] = [];
  const ask = (query: string) => {
    asked.push(query);
    const found = ANSWERS[query];
    return found ? Promise.resolve(found) : Promise.reject(new Error("refused"));
  };
  return { asked, ask };
}

test("metrics, labels and their values are told by queries", async () => {
  const names = namesOf(answering().ask);
  expect(await names.metricNames()).toEqual(["charges_total", "up"]);
  expect(await names.labelNames("up")).toEqual(["job", "service"]);
  expect(await names.labelValues("service", "up")).toEqual(["feed", "orders"]);
});

test("the same names are asked for once a minute", async () => {
  let nowMs = 0;
  const { asked, ask } = answering();
  const names = namesOf(ask, () => nowMs);
  await names.metricNames();
  nowMs = 59_000;
  await names.metricNames();
  expect(asked).toHaveLength(1);
  nowMs = 60_000;
  await names.metricNames();
  expect(asked).toHaveLength(2);
});

test("without an answer there are no names, and the next letter asks again", async () => {
  const { asked, ask } = answering();
  const names = namesOf(ask);
  expect(await names.labelNames("nothing_like_it")).toEqual([]);
  expect(await names.labelNames("nothing_like_it")).toEqual([]);
  expect(asked).toHaveLength(2);
});
