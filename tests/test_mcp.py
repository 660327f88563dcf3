"""The MCP server, asked by the SDK's own client in another process."""

import json
import os
import sys

import pytest

mcp = pytest.importorskip("mcp")
anyio = pytest.importorskip("anyio")

from mcp.client.stdio import stdio_client  # noqa: E402

from cs25search.index.files import read_generation, write_generation  # noqa: E402


def call_all(index_dir, calls):
    """Return the tool names and, for each (tool, arguments), whether it failed and its text.

    Functions among the calls are called in order.
    """
    server = mcp.StdioServerParameters(
        command=sys.executable,
        args=["-m", "cs25search", "mcp", "--index", str(index_dir)],
        env=dict(os.environ),
    )

    async def talk():
        async with stdio_client(server) as (read, write), mcp.ClientSession(read, write) as session:
            await session.initialize()
            names = [tool.name for tool in (await session.list_tools()).tools]
            results = []
            for call in calls:
                if callable(call):
                    call()
                else:
                    results.append(await session.call_tool(*call))
            return names, [(result.is_error, result.content[0].text) for result in results]

    async def in_time():
        with anyio.fail_after(120):
            return await talk()

    return anyio.run(in_time)


def test_the_tools_answer(index_dir):
    names, results = call_all(
        index_dir,
        [
            ("search_lectures", {"query": "router float32", "k": 2, "lectures": [5]}),
            ("answer_question", {"question": "Why does the router need float32?"}),
            ("answer_question", {"question": "What is DALL·E 2?"}),
            ("choose_lectures", {"goal": "I work on images"}),
            ("list_lectures", {}),
            ("get_transcript", {"video": "U8J32Z3qV8s", "start": 580, "end": 630}),
            ("get_transcript", {"video": "no-such-one", "start": 0, "end": 10}),
        ],
    )
    assert names == ["search_lectures", "answer_question", "choose_lectures", "list_lectures",
                     "get_transcript"]  # fmt: skip
    assert [failed for failed, _ in results] == [False] * 6 + [True]
    found, answer, no, guide, lectures, said = (json.loads(text) for _, text in results[:6])
    assert [hit["lecture"] for hit in found["hits"]] == [5, 5]
    assert answer["status"] == "answered"
    assert answer["citations"][0]["url"] == "https://youtu.be/U8J32Z3qV8s?t=582"
    assert no["status"] == "not_in_lectures"
    assert (
        guide["lectures"][0]["lecture"] == 3 and "A good choice" in guide["lectures"][0]["verdict"]
    )
    assert len(lectures["lectures"]) == 10
    assert said["kind"] == "note"
    assert all(line["end"] > 580 and line["start"] < 630 for line in said["lines"])
    assert "not in the index" in results[6][1]


def test_each_call_asks_the_generation_that_is_live_by_then(index_copy):
    names = [read_generation(index_copy).manifest.generation]

    def publish():
        names.append(write_generation(index_copy, read_generation(index_copy)))

    def damage():
        publish()
        chunks = next((index_copy / names[-1]).glob("chunks*"))
        chunks.write_bytes(b"")

    ask = ("search_lectures", {"query": "router float32"})
    _, results = call_all(index_copy, [ask, publish, ask, ask, damage, ask])
    said = [json.loads(text) for failed, text in results if not failed]
    assert [one["generation"] for one in said] == [names[0], names[1], names[1], names[1]]
    assert [("warning" in one) for one in said] == [False, False, False, True]
    assert names[2] in said[-1]["warning"]


def test_an_index_that_is_gone_is_told_and_found_again(index_copy, tmp_path):
    ask = ("search_lectures", {"query": "router float32"})
    away = tmp_path / "away"
    _, results = call_all(
        index_copy,
        [ask, lambda: index_copy.rename(away), ask, lambda: away.rename(index_copy), ask],
    )
    assert [failed for failed, _ in results] == [False, True, False]
    assert "There is no index at" in results[1][1]
