import { place } from "@/api/place";
import type { Refused } from "@/api/problems";

export function Refusal({ problem }: { problem: Refused }) {
  if (place) return <RefusalOfHub problem={problem} />;
  return (
    <main className="refusal">
      <h1>{problem.status === 401 ? "This link has no valid token" : "Access denied"}</h1>
      <p>
        {problem.status === 401
          ? "Open the link that the terminal printed for your role. It ends in #token=… and is valid until its drill ends."
          : problem.detail}
      </p>
      <p>
        <code>drill open</code> prints it again.
      </p>
    </main>
  );
}

function RefusalOfHub({ problem }: { problem: Refused }) {
  return (
    <main className="refusal">
      <h1>{problem.status === 401 ? "You are not signed in" : "This drill is not yours"}</h1>
      <p>
        {problem.status === 401
          ? "Come in by an invite; then every drill of your team is open to you."
          : problem.detail}
      </p>
      <p>
        <a href="/">The hub’s page</a>
      </p>
    </main>
  );
}
