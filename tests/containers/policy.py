"""What every container is held to, as functions over what Compose and the engine say."""

from __future__ import annotations

from typing import Any

PARTS = {
    *("front", "postgres", "databases", "prometheus", "alertmanager", "grafana"),
    *("recorder", "third-parties", "load"),
}
"""The entries of compose.yaml that are not services of the shop."""
PREPARING = "databases"
"""It writes the files of an image: the one container whose root is not read-only, before a run."""

Found = dict[str, Any]


def breaches_of_file(name: str, it: Found) -> list[str]:
    """How an entry of compose.yaml breaks the policy; empty where it does not."""
    user = str(it.get("user", "0")).partition(":")[0]
    rules = {
        "its root can be written": it.get("read_only") or name == PREPARING,
        "it keeps capabilities": it.get("cap_drop") == ["ALL"] and not it.get("cap_add"),
        "it runs as root": user not in ("0", "root", ""),
        "it is privileged": not it.get("privileged"),
        "it may gain privileges": "no-new-privileges:true" in it.get("security_opt", []),
        "it shares the host's network": it.get("network_mode") != "host",
        "no bound on memory": it.get("mem_limit"),
        "no bound on CPU": it.get("cpus"),
        "no bound on processes": it.get("pids_limit"),
        "no health check": it.get("healthcheck") or name == PREPARING,
        "its log grows": "max-size" in it["logging"]["options"],
        "it has the engine's socket": not any(
            "docker.sock" in str(volume.get("source")) for volume in it.get("volumes", [])
        ),
        "it publishes a port by itself": not it.get("ports"),
    }
    return [said for said, holds in rules.items() if not holds]


def row_of_running(found: Found) -> Found:
    """What the engine says of a running container, as a row of the table."""
    host, config = found["HostConfig"], found["Config"]
    bindings = [
        f"{binding['HostIp']}:{binding['HostPort']}"
        for given in (host["PortBindings"] or {}).values()
        for binding in given
    ]
    return {
        "user": config["User"],
        "read-only": host["ReadonlyRootfs"],
        "capabilities": "none" if host["CapDrop"] == ["ALL"] and not host["CapAdd"] else "SOME",
        "no new privileges": "no-new-privileges:true" in (host["SecurityOpt"] or []),
        "memory MiB": host["Memory"] // 2**20,
        "CPUs": host["NanoCpus"] / 1e9,
        "processes": host["PidsLimit"] or 0,
        "health check": bool((config.get("Healthcheck") or {}).get("Test")),
        "published": ", ".join(sorted(bindings)),
        "privileged": host["Privileged"] or host["NetworkMode"] == "host",
        "mounts": sorted(mount["Source"] for mount in found["Mounts"]),
    }


def breaches_of_running(row: Found) -> list[str]:
    """How a running container breaks the policy; empty where it does not."""
    rules = {
        "it runs as root": row["user"].partition(":")[0] not in ("", "0", "root"),
        "its root can be written": row["read-only"],
        "it keeps capabilities": row["capabilities"] == "none",
        "it may gain privileges": row["no new privileges"],
        "no bound on memory": row["memory MiB"] > 0,
        "no bound on CPU": row["CPUs"] > 0,
        "no bound on processes": row["processes"] > 0,
        "no health check": row["health check"],
        "it is privileged": not row["privileged"],
        "it has the engine's socket": not any("docker.sock" in it for it in row["mounts"]),
        "a port is published beyond this machine": all(
            binding.startswith("127.0.0.1:")
            for binding in filter(None, row["published"].split(", "))
        ),
    }
    return [said for said, holds in rules.items() if not holds]
