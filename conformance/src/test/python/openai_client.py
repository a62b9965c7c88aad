"""What OpenAI's Python client sees of a server, printed as one JSON object: openai_client.py URL MODEL auto|required"""

import asyncio
import json
import sys
import time

import openai

url, model, choice = sys.argv[1:4]
client = openai.OpenAI(base_url=url, api_key="none", max_retries=0)
question = {"role": "user", "content": "Is it sunny in Paris and in Rome?"}
parameters = {
    "type": "object",
    "properties": {"city": {"type": "string", "maxLength": 20}},
    "required": ["city"],
    "additionalProperties": False,
}
tools = [{"type": "function", "function": {"name": "weather", "description": "The weather of a city.", "parameters": parameters}}]
one = choice == "required"  # a small model that must call would call for ever
asked = {"model": model, "tools": tools, "tool_choice": choice, "parallel_tool_calls": not one, "temperature": 0, "max_tokens": 400}
seen = {}


def error(call):
    try:
        call()
        return "none"
    except openai.APIStatusError as refused:
        return f"{type(refused).__name__} {refused.status_code} {refused.code} {refused.param}"


def calls_of(message):
    return [[call.function.name, json.loads(call.function.arguments)] for call in message.tool_calls or []]


def chat():
    whole = client.chat.completions.create(messages=[question], **asked)
    message = whole.choices[0].message
    seen["calls"] = calls_of(message)
    seen["finish"] = whole.choices[0].finish_reason
    seen["content"] = message.content
    seen["reasoning"] = getattr(message, "reasoning_content", None)
    results = [{"role": "tool", "tool_call_id": call.id, "content": "sunny"} for call in message.tool_calls or []]
    turns = [question, message.model_dump(exclude_none=True), *results]
    answer = client.chat.completions.create(messages=turns, **(asked | {"tool_choice": "none"}))
    seen["answer"] = answer.choices[0].message.content


def stream():
    with client.chat.completions.stream(messages=[question], stream_options={"include_usage": True}, **asked) as events:
        kinds = [event.type for event in events]
        final = events.get_final_completion()
    seen["streamedKinds"] = sorted(set(kinds))
    seen["streamedCalls"] = calls_of(final.choices[0].message)
    seen["streamedTokens"] = final.usage.completion_tokens


async def many():
    alone = openai.AsyncOpenAI(base_url=url, api_key="none", max_retries=0)
    async with alone:
        answers = await asyncio.gather(
            *(alone.chat.completions.create(messages=[question], **(asked | {"max_tokens": 5})) for _ in range(4))
        )
    seen["together"] = sorted({answer.usage.completion_tokens for answer in answers})


def responses():
    tool = {"type": "function", "name": "weather", "parameters": parameters, "strict": False}
    first = client.responses.create(
        model=model, input=question["content"], tools=[tool], tool_choice=choice, parallel_tool_calls=not one, temperature=0, max_output_tokens=400
    )
    wanted = [item for item in first.output if item.type == "function_call"]
    seen["responseCalls"] = [[item.name, json.loads(item.arguments)] for item in wanted]
    results = [{"type": "function_call_output", "call_id": item.call_id, "output": "sunny"} for item in wanted]
    with client.responses.stream(
        model=model, input=results, tools=[tool], tool_choice="none", previous_response_id=first.id, temperature=0, max_output_tokens=400
    ) as events:
        seen["responseDeltas"] = "".join(event.delta for event in events if event.type == "response.output_text.delta")
        seen["responseText"] = events.get_final_response().output_text


def batches():
    lines = [
        {"custom_id": name, "method": "POST", "url": "/v1/chat/completions", "body": {"model": model, "messages": [question], "max_tokens": 5}}
        for name in ("a", "b", "c")
    ]
    text = "\n".join(json.dumps(line) for line in lines).encode()
    file = client.files.create(file=("requests.jsonl", text), purpose="batch")
    batch = client.batches.create(input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h")
    end = time.monotonic() + 60
    while batch.status not in ("completed", "failed", "expired", "cancelled") and time.monotonic() < end:
        time.sleep(0.1)
        batch = client.batches.retrieve(batch.id)
    answers = [json.loads(line) for line in client.files.content(batch.output_file_id).text.splitlines()]
    seen["batch"] = batch.status
    seen["batched"] = sorted(answer["custom_id"] for answer in answers if answer["response"]["status_code"] == 200)
    seen["batchListed"] = batch.id in [listed.id for listed in client.batches.list()]
    seen["fileDeleted"] = client.files.delete(file.id).deleted


def rest():
    seen["models"] = [listed.id for listed in client.models.list()]
    text = client.completions.create(model=model, prompt="Once", max_tokens=5, temperature=0)
    seen["completionTokens"] = text.usage.completion_tokens
    seen["badRequest"] = error(lambda: client.chat.completions.create(messages=[question], **(asked | {"temperature": 3})))
    seen["notFound"] = error(lambda: client.chat.completions.create(messages=[question], model="no-such-model"))


chat()
stream()
asyncio.run(many())
responses()
batches()
rest()
print(json.dumps(seen))
