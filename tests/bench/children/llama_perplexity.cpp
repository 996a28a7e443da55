// What surrounds the functions that are cut out of llama.cpp's tools/perplexity/perplexity.cpp:
// just enough of its "common" library to run them on one text in windows of 512.
// Arguments: MODEL TEXT-or-"-" FILE WINDOWS; with a text the file is written, else compared with.
#include "llama.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <mutex>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#define LOG(...) printf(__VA_ARGS__)
#define LOG_INF(...) printf(__VA_ARGS__)
#define LOG_WRN(...) fprintf(stderr, __VA_ARGS__)
#define LOG_ERR(...) fprintf(stderr, __VA_ARGS__)
#define LLAMA_PROCESS_TYPE_DECODE 0
#define llama_process(context, kind, batch) llama_decode(context, batch)

struct common_params {
    std::string prompt, logits_file;
    int n_ctx = 512, n_batch = 512, n_chunks = -1, ppl_stride = 0, ppl_output_type = 0;
};

static std::vector<llama_token> common_tokenize(llama_context * context, const std::string & text, bool special) {
    const llama_vocab * vocabulary = llama_model_get_vocab(llama_get_model(context));
    std::vector<llama_token> ids(text.size() + 8);
    ids.resize(llama_tokenize(vocabulary, text.c_str(), text.size(), ids.data(), ids.size(), special, false));
    return ids;
}

struct common_batch {
    llama_batch native;
    explicit common_batch(llama_context * context) : native(llama_batch_init(llama_n_batch(context), 0, 1)) {}
    ~common_batch() { llama_batch_free(native); }
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

struct results_perplexity;
static results_perplexity perplexity_v2(llama_context * context, const common_params & params);

#include "cut_out.inc"

static results_perplexity perplexity_v2(llama_context *, const common_params &) { return {}; }

int main(int, char ** words) {
    common_params params;
    params.logits_file = words[3];
    params.n_chunks = std::atoi(words[4]);
    llama_log_set([](ggml_log_level, const char *, void *) {}, nullptr);
    llama_backend_init();
    llama_model * model = llama_model_load_from_file(words[1], llama_model_default_params());
    auto settings = llama_context_default_params();
    settings.n_ctx = settings.n_batch = settings.n_ubatch = 512;
    settings.n_threads = settings.n_threads_batch = 1;
    llama_context * context = llama_init_from_model(model, settings);
    if (std::strcmp(words[2], "-") != 0) {
        std::ifstream file(words[2]);
        std::stringstream text;
        text << file.rdbuf();
        params.prompt = text.str();
        perplexity(context, params, 512);
    } else {
        kl_divergence(context, params);
    }
}
