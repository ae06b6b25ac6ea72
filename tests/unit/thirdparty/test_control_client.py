"""The harness' way to the third parties is a socket of its own."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from harness.thirdparty.control_client import ThirdPartyControl


async def test_a_certificate_file_that_is_missing_does_not_matter_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    with pytest.raises(FileNotFoundError):
        httpx.AsyncHTTPTransport(uds="/nonexistent")
    async with ThirdPartyControl(tmp_path / "control.sock"):
        pass
