import type { Problem } from "@/api/problems";

export function ErrorNote({ error }: { error: Problem | null | undefined }) {
  if (!error) return null;
  return (
    <p className="note bad" role="alert">
      <strong>{error.message}</strong>
      {error.hint && (
        <>
          {" "}
          <span>{error.hint}</span>
        </>
      )}
    </p>
  );
}
