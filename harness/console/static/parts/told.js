// The record in sentences. An event that is not listed here is told by its type.

const by = (who) => (who ? ` by ${who}` : "");

const SENTENCES = {
  "deploy.started": (d) => [d.kind === "release" ? "release" : d.kind, `${d.service} ${d.version_from} → ${d.version_to}${by(d.by)}: ${d.summary}`, "info"],
  "deploy.failed": (d) => ["deploy failed", `${d.service} ${d.version_to}: ${d.error}`, "bad"],
  "deploy.succeeded": (d) => ["deployed", `${d.service} ${d.version_to} serves`, "quiet"],
  "flag.switched": (d) => ["flag", `${d.name} of ${d.service} ${d.enabled ? "on" : "off"}${by(d.by)}`, "info"],
  "alert.fired": (d) => ["alert", `${d.name}: ${d.summary}`, d.severity === "critical" ? "bad" : "warn"],
  "alert.resolved": (d) => ["resolved", d.name, "good"],
  "page.sent": (d) => ["page", `${d.alert}: ${d.summary}`, "bad"],
  "page.acknowledged": (d) => ["acknowledged", `${d.page_id}${by(d.by)}`, "quiet"],
  "note.added": (d) => ["note", `${d.text}${by(d.by)}`, "info"],
  "diagnosis.declared": (d) => ["diagnosis", `${d.service}: ${d.mechanism}, ${d.confidence_percent} % sure${by(d.by)}`, "info"],
  "verify.started": (d) => ["verify", `under stress${by(d.by)}`, "quiet"],
  "verify.finished": (d) => ["verified", d.passed ? "all objectives hold" : "not healed yet", d.passed ? "good" : "warn"],
  "hypotheses.revised": (d) => ["hypotheses", (d.hypotheses || []).map((one) => `${one.probability_percent} % ${one.text}`).join(" · ") + by(d.by), "info"],
  "triage.written": (d) => ["triage", `${(d.known || []).length} known, ${(d.unknown || []).length} unknown${by(d.by)}`, "info"],
  "update.posted": (d) => ["update", `${d.status}: ${d.what_happened}${by(d.by)}`, "info"],
  "incident.declared": (d) => ["incident", `${d.severity}: ${d.summary}${by(d.by)}`, "warn"],
  "inject.delivered": (d) => ["message", `${d.sender}: ${d.text}`, "warn"],
  "hint.taken": (d) => ["hint", d.text, "warn"],
  "role.joined": (d) => ["joined", `${d.person} as ${d.role}`, "quiet"],
  "role.left": (d) => ["left", `${d.person}, ${d.role}`, "quiet"],
  "phase.changed": (d) => ["phase", d.title, "info"],
  "clock.extended": (d) => ["clock", `${Math.round(d.extra_s)} s more${by(d.by)}`, "quiet"],
  "clock.paused": (d) => ["clock", `paused${by(d.by)}`, "quiet"],
  "clock.resumed": (d) => ["clock", `goes on${by(d.by)}`, "quiet"],
  "alert.marked": (d) => ["marked", `${d.alert} is a ${d.mark}: ${d.reason}${by(d.by)}`, "info"],
  "action.stated": (d) => ["expected", `${d.action} ${d.target}: ${d.expectation} (${d.probability_percent} %)${by(d.by)}`, "info"],
  "action.measured": (d) => ["measured", `${d.measured}: ${d.met ? "as expected" : "not as expected"}${by(d.by)}`, d.met ? "good" : "warn"],
  "cause.confirmed": (d) => ["cause", `${d.right ? "confirmed" : "not confirmed"}${by(d.by)} ${d.note}`, d.right ? "good" : "warn"],
  "answer.revealed": (d) => ["answer", `${d.title} (${d.service}, ${d.mechanism})`, "info"],
  "reflection.written": (d) => ["reflection", `${d.text}${by(d.by)}`, "quiet"],
  "cause.analysed": (d) => ["cause", `${d.level}: ${d.text}${by(d.by)}`, "quiet"],
  "learning.stored": (d) => ["lesson", `${d.kind.replaceAll("_", " ")}: ${[Object.values(d.fields)[0]].flat().join("; ")}${by(d.by)}`, "quiet"],
  "action-item.added": (d) => ["action item", `${d.text}, ${d.owner}`, "quiet"],
};

/** `{key, at, seq, type, kind, text, tone}` of one record. */
export function told(record) {
  const tell = SENTENCES[record.type];
  const data = record.data || {};
  const [kind, text, tone] = tell ? tell(data) : [record.type, plain(data), "quiet"];
  return { key: record.id, at: record.time, ms: record.drilltimems, type: record.type, actor: record.actor, kind, text, tone };
}

function plain(data) {
  return Object.entries(data)
    .filter(([, value]) => ["string", "number", "boolean"].includes(typeof value) && value !== "")
    .map(([name, value]) => `${name.replaceAll("_", " ")}: ${value}`).join(", ");
}

/** The same again, right after itself, is counted and not repeated. */
function foldedInto(found, one) {
  const last = found.at(-1);
  if (last?.kind !== one.kind || last.same !== one.text) return [...found, { ...one, same: one.text, count: 1 }];
  const count = last.count + 1;
  return [...found.slice(0, -1), { ...last, at: one.at, count, text: `${one.text} (${count} times)` }];
}

const CHANGES = new Set([
  "deploy.started", "deploy.failed", "flag.switched", "alert.fired", "alert.resolved", "note.added",
  "diagnosis.declared", "verify.finished", "inject.delivered", "update.posted",
]);

/** What changed, oldest first: releases from before the drill, then what the record tells. */
export function changesOf(records, deploys) {
  const first = records.length ? Date.parse(records[0].time) : Date.now();
  const before = deploys
    .filter((one) => Date.parse(one.at) < first && one.version_from)
    .map((one) => ({ key: one.deploy_id, at: one.at, kind: "release", tone: "info", text: `${one.service} ${one.version_from} → ${one.version_to} by ${one.by}: ${one.summary}` }));
  return [...before, ...records.filter((one) => CHANGES.has(one.type)).map(told).reduce(foldedInto, [])];
}
