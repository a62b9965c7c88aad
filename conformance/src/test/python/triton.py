"""Triton's own client meets KServe's port: triton.py HOST:PORT MODEL. Prints what it saw as JSON."""

import json
import queue
import sys

import numpy
import tritonclient.grpc as triton
from tritonclient.utils import InferenceServerException

address, model = sys.argv[1:]
client = triton.InferenceServerClient(address)


def text(prompt):
    tensor = triton.InferInput("text_input", [1], "BYTES")
    tensor.set_data_from_numpy(numpy.array([prompt.encode()], dtype=object))
    return tensor


def streaming():
    tensor = triton.InferInput("streaming", [1], "BOOL")
    tensor.set_data_from_numpy(numpy.array([True]))
    return tensor


def refusal(**more):
    try:
        client.infer(model, [text("hello")], **more)
    except InferenceServerException as refused:
        return str(refused.status())
    return "answered"


seen = {
    "live": client.is_server_live(),
    "ready": client.is_server_ready(),
    "modelReady": client.is_model_ready(model),
    "index": [entry.name for entry in client.get_model_repository_index().models],
    "inputs": [tensor.name for tensor in client.get_model_metadata(model).inputs],
    "decoupled": client.get_model_config(model).config.model_transaction_policy.decoupled,
}
answer = client.infer(model, [text("hello")], parameters={"max_tokens": 6}, request_id="one")
seen["text"] = answer.as_numpy("text_output")[0].decode()
seen["finish"] = answer.as_numpy("finish_reason")[0].decode()
seen["id"] = answer.get_response().id
packed = client.infer(model, [text("hello")], parameters={"max_tokens": 6}, compression_algorithm="gzip")
seen["packed"] = packed.as_numpy("text_output")[0].decode()
seen["unknownParameter"] = refusal(parameters={"tempurature": 1.0})
seen["unknownVersion"] = refusal(model_version="2")
seen["deadline"] = refusal(client_timeout=0.2, parameters={"max_tokens": 4000, "ignore_eos": True})

arrived = queue.Queue()
client.start_stream(lambda result, error: arrived.put((result, error)))
for number in range(3):
    client.async_stream_infer(
        model,
        [text(f"number {number}"), streaming()],
        request_id=str(number),
        parameters={"max_tokens": 8},
        enable_empty_final_response=True,
    )
client.async_stream_infer(model, [text("hello")], parameters={"nonsense": 1})
texts, errors, ended = {}, [], 0
while ended < 4:
    result, error = arrived.get(timeout=30)
    if error:
        errors.append(error.message())
        ended += 1
        continue
    response = result.get_response()
    piece = result.as_numpy("text_output")
    texts[response.id] = texts.get(response.id, "") + ("" if piece is None else piece[0].decode())
    ended += response.parameters["triton_final_response"].bool_param
client.stop_stream()
seen["streamed"] = texts
seen["errors"] = errors
print(json.dumps(seen))
