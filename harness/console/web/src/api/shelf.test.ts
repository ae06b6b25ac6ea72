import { beforeEach, expect, test, vi } from "vitest";

class Storage {
  getItem(key: string): string | null {
    return (this as unknown as Record<string, string>)[key] ?? null;
  }
  setItem(key: string, value: string) {
    (this as unknown as Record<string, string>)[key] = value;
  }
  removeItem(key: string) {
    delete (this as unknown as Record<string, string>)[key];
  }
}

/** The shelf of a drill for a person, in a browser that was there before. */
async function shelfOf(drill: string, person: string, local: Storage, path = "/") {
  vi.resetModules();
  vi.stubGlobal("localStorage", local);
  vi.stubGlobal("sessionStorage", new Storage());
  vi.stubGlobal("location", { hash: "", pathname: path, protocol: "http:", host: "x" });
  vi.stubGlobal("addEventListener", () => {});
  const [{ shelf }, { live }, { session }] = await Promise.all([
    import("./shelf"),
    import("./live"),
    import("./session"),
  ]);
  session.person = person;
  live.state = { ...live.state, status: { drill_id: drill } } as typeof live.state;
  return shelf;
}

let local = new Storage();
beforeEach(() => {
  local = new Storage();
});

test("what was laid there is there in another tab of the same person and drill, until taken", async () => {
  (await shelfOf("d-1", "Ada", local)).put("note", { text: "half" });
  const again = await shelfOf("d-1", "Ada", local);
  expect(again.get("note")).toEqual({ text: "half" });
  again.put("note", null);
  expect((await shelfOf("d-1", "Ada", local)).get("note")).toBeNull();
});

test("another person or another drill finds none of it", async () => {
  (await shelfOf("d-1", "Ada", local)).put("note", "half");
  expect((await shelfOf("d-1", "Bo", local)).get("note")).toBeNull();
  expect((await shelfOf("d-2", "Ada", local)).get("note")).toBeNull();
});

test("once it is another drill, drafts of the one before are thrown away, and nothing else", async () => {
  local.setItem("theme", "dark");
  (await shelfOf("d-1", "Ada", local)).put("note", "old");
  const next = await shelfOf("d-2", "Ada", local);
  next.put("note", "new");
  next.tidy();
  expect((await shelfOf("d-1", "Ada", local)).get("note")).toBeNull();
  expect((await shelfOf("d-2", "Ada", local)).get("note")).toBe("new");
  expect(local.getItem("theme")).toBe("dark");
});

test("who gives a name takes along what was begun without one, and no other's", async () => {
  (await shelfOf("d-1", "Bo", local)).put("note", "Bo's");
  const nameless = await shelfOf("d-1", "", local);
  nameless.put("note", "begun");
  nameless.rename("Ada");
  expect(nameless.get("note")).toBe("begun");
  nameless.rename("Bo");
  expect(nameless.get("note")).toBe("Bo's");
});

test("what cannot be read is no draft", async () => {
  const shelf = await shelfOf("d-1", "Ada", local);
  local.setItem(`${shelf.owner}note`, "{");
  expect(shelf.get("note")).toBeNull();
});
