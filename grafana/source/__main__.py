"""Writes what the source amounts to, and removes dashboards that it no longer has."""

from __future__ import annotations

from grafana.source.catalogue import ROOT, files


def main() -> None:
    """Bring `grafana/dashboards` and `grafana/provisioning` up to date."""
    wanted = files()
    for path in (ROOT / "dashboards").glob("*.json"):
        if path not in wanted:
            path.unlink()
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


if __name__ == "__main__":
    main()
