"""Runs llama.cpp's HTTP server from the package xllamacpp: llama-server.py MODEL.gguf PORT"""
import signal
import sys

import xllamacpp

params = xllamacpp.CommonParams()
params.model.path = sys.argv[1]
params.model_alias = {"smollm2"}
params.hostnames = ["127.0.0.1"]
params.port = int(sys.argv[2])
params.n_ctx = 2048
params.n_parallel = 4
params.n_gpu_layers = 0
params.cpuparams.n_threads = 2
params.endpoint_metrics = True
server = xllamacpp.Server(params)
print("listening at", server.listening_address, flush=True)
signal.pause()
