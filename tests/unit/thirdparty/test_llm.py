"""The model provider: OpenAI's format, switched profiles, and a status page."""

from __future__ import annotations

import json
import time

import aiohttp
import pytest

from harness.errors import UnknownName
from harness.thirdparty.llm import MODELS

ORDER = "- 2 x Alder Kettle\n- 1 x Brook Whisk"


async def complete(provider, prompt=ORDER, **changes):
    body = {"model": MODELS[0], "messages": [{"role": "user", "content": prompt}], **changes}
    async with (
        aiohttp.ClientSession(provider.model_url) as session,
        session.post("/v1/chat/completions", json=body) as response,
    ):
        return response.status, await response.json()


def said(answer):
    (choice,) = answer["choices"]
    return choice["message"]["content"], choice["finish_reason"]


async def rank(provider, *skus):
    prompt = json.dumps({"user_id": 7, "candidates": skus})
    _, answer = await complete(provider, prompt, response_format={"type": "json_object"})
    return json.loads(said(answer)[0])["ranking"]


async def status(provider):
    async with (
        aiohttp.ClientSession(provider.model_status_url) as session,
        session.get("/api/v2/status.json") as response,
    ):
        return (await response.json())["status"]


async def test_a_summary_names_what_was_ordered_and_counts_its_tokens(start):
    code, answer = await complete(await start("normal"))
    text, reason = said(answer)
    assert code == 200
    assert "2 x Alder Kettle" in text
    assert reason == "stop"
    usage = answer["usage"]
    assert usage["prompt_tokens"] > 0
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]


async def test_a_ranking_holds_every_candidate_once_and_repeats_itself(start):
    provider = await start("normal")
    first, second = await rank(provider, "A", "B", "C"), await rank(provider, "A", "B", "C")
    assert first == second
    assert sorted(first) == ["A", "B", "C"]


async def test_too_few_tokens_cut_the_answer_off(start):
    _, answer = await complete(await start("normal"), max_tokens=3)
    assert said(answer)[1] == "length"
    assert answer["usage"]["completion_tokens"] == 3


async def test_an_unknown_model_is_openai_s_404(start):
    code, answer = await complete(await start("normal"), model="lumen-mini-3")
    assert code == 404
    assert answer["error"]["code"] == "model_not_found"
    assert answer["error"]["param"] == "model"
    assert "lumen-mini-3" in answer["error"]["message"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("max_tokens", 0), ("max_tokens", "9"), ("messages", []), ("messages", 1), ("stream", True)],
)
async def test_a_bad_request_names_its_field(start, field, value):
    code, answer = await complete(await start("normal"), **{field: value})
    assert code == 400
    assert answer["error"]["param"] == field


async def test_slow_takes_seconds_and_its_status_page_says_so(start):
    provider = await start("normal")
    assert await status(provider) == "operational"
    await provider.control.set_model_profile("slow")
    begin = time.monotonic()
    code, _ = await complete(provider)
    assert code == 200
    assert time.monotonic() - begin >= 3
    assert await status(provider) == "degraded_performance"


async def test_failing_refuses_and_normal_mends_it(start):
    provider = await start("normal")
    await provider.control.set_model_profile("failing")
    code, answer = await complete(provider)
    assert (code, answer["error"]["type"]) == (503, "server_error")
    assert await status(provider) == "major_outage"
    await provider.control.set_model_profile("normal")
    assert (await complete(provider))[0] == 200


async def test_poor_quality_answers_in_form_and_says_nothing_of_the_order(start):
    provider = await start("normal")
    await provider.control.set_model_profile("poor-quality")
    assert await provider.control.model_profile() == "poor-quality"
    code, answer = await complete(provider)
    assert code == 200
    assert "Kettle" not in said(answer)[0]
    assert not {"A", "B"} & set(await rank(provider, "A", "B"))
    assert await status(provider) == "operational"


async def test_the_payment_provider_keeps_its_profile_when_the_model_s_changes(start):
    provider = await start("busy")
    await provider.control.set_model_profile("failing")
    assert await provider.control.profile() == "busy"


async def test_an_unknown_profile_is_refused_with_the_nearest(start):
    provider = await start("normal")
    with pytest.raises(UnknownName, match="slwo"):
        await provider.control.set_model_profile("slwo")
