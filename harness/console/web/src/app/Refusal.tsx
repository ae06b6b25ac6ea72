import type { Refused } from "@/api/problems";

export function Refusal({ problem }: { problem: Refused }) {
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
