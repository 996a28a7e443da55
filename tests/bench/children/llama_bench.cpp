// What surrounds the functions that are cut out of llama.cpp's tools/llama-bench/llama-bench.cpp:
// just enough of its "common" library, and one repetition a line instead of its loop, so that it can
// take turns with ours. Arguments: MODEL CONTEXT THREADS FLASH; reads "PROMPT GENERATED DEPTH" a
// line, answers with seconds.
#include "llama.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#define LLAMA_PROCESS_TYPE_DECODE 0
#define llama_process(context, kind, batch) llama_decode(context, batch)

struct common_batch {
    llama_batch native;
    bool owned;
    explicit common_batch(llama_context *) : native(llama_batch_init(1, 0, 1)), owned(true) {}
    explicit common_batch(llama_batch borrowed) : native(borrowed), owned(false) {}
    ~common_batch() { if (owned) llama_batch_free(native); }
    void clear() { native.n_tokens = 0; }
    void add(llama_token id, llama_pos position, llama_seq_id sequence, bool output) {
        const int at = native.n_tokens++;
        native.token[at] = id;
        native.pos[at] = position;
        native.n_seq_id[at] = 1;
        native.seq_id[at][0] = sequence;
        native.logits[at] = output;
    }
    llama_batch get() { return native; }
};

static common_batch common_batch_get_one(llama_context *, llama_token * tokens, int n) {
    return common_batch(llama_batch_get_one(tokens, n));
}

#include "cut_out.inc"

int main(int, char ** words) {
    const int n_ctx = std::atoi(words[2]), threads = std::atoi(words[3]);
    llama_log_set([](ggml_log_level, const char *, void *) {}, nullptr);
    llama_backend_init();
    llama_model * model = llama_model_load_from_file(words[1], llama_model_default_params());
    auto settings = llama_context_default_params();
    settings.n_ctx = n_ctx;
    settings.n_batch = 2048;
    settings.n_ubatch = 512;
    settings.swa_full = false;
    settings.flash_attn_type = (llama_flash_attn_type) std::atoi(words[4]);
    llama_context * context = llama_init_from_model(model, settings);
    int prompt, generated, depth;
    printf("0\n");
    fflush(stdout);
    while (scanf("%d %d %d", &prompt, &generated, &depth) == 3) {
        llama_memory_clear(llama_get_memory(context), false);
        bool fine = !depth || test_prompt(context, depth, 2048, threads);
        const auto start = std::chrono::high_resolution_clock::now();
        fine = fine && (!prompt || test_prompt(context, prompt, 2048, threads));
        fine = fine && (!generated || test_gen(context, generated, threads));
        const std::chrono::duration<double> took = std::chrono::high_resolution_clock::now() - start;
        printf("%.9f\n", fine ? took.count() : -1.0);
        fflush(stdout);
    }
}
