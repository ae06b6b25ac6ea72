// Start a server, list its tools and call each, as a client of Node does.
// node list_and_call.mjs FOLDER-OF-PACKAGES GENERATION < {"command", "args", "env", "steps"}
// or, of a server at an address: < {"url", "headers", "steps"}
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [, , packages, generation] = process.argv;
const PARTS = {
  1: ["sdk/dist/esm/client/index.js", "sdk/dist/esm/client/stdio.js", "sdk/dist/esm/client/streamableHttp.js"],
  2: ["client/dist/index.mjs", "client/dist/stdio.mjs", "client/dist/index.mjs"],
}[generation];
const [{ Client }, { StdioClientTransport }, { StreamableHTTPClientTransport }] = await Promise.all(
  PARTS.map((part) => import(pathToFileURL(join(packages, "@modelcontextprotocol", part)).href)),
);

const { steps, ...server } = JSON.parse(readFileSync(0, "utf8"));
const client = new Client({ name: "node", version: "1.0.0" });
await client.connect(
  server.url
    ? new StreamableHTTPClientTransport(new URL(server.url), { requestInit: { headers: server.headers } })
    : new StdioClientTransport(server),
);
const { tools } = await client.listTools();
const { resources } = await client.listResources();
const { prompts } = await client.listPrompts();
const called = [];
for (const [name, given] of steps) {
  const { isError, structuredContent } = await client.callTool({ name, arguments: given });
  called.push({ name, failed: Boolean(isError), left_out: structuredContent?.left_out });
}
await client.close();
const names = (some) => some.map((one) => one.name);
console.log(
  JSON.stringify({ tools: names(tools), prompts: names(prompts), resources: resources.length, called }),
);
