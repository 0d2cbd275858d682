#pragma once
// One worker's pipeline over a deployment, with no network: a request is a text, and what it comes to is told at once.

#include "deploying.h"
#include "gateway/pipeline.h"
#include "http/head_parser.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace quivive::gateway {

class Pipelining : public Deploying {
 public:
  explicit Pipelining(std::string_view yaml, const std::string& file = "q.yaml") : yaml_(yaml), file_(file) {}
  ~Pipelining() {
    control.mailbox().close();
    control.io().poll();
    worker->loop.mailbox().close();
    worker->loop.io().poll();
  }

  // Deploys, as far as it has not been; what is in the store counts from here on.
  void start() {
    deployment = deployed(yaml_, file_);
    watch.look(deployment->stores, clock.now());
    worker = std::make_unique<Worker>(Services{clock, board, watch, control, key_sets, *store_pool, hash_pool, nobody, master, counts, lockouts, devices, nullptr, connections},
                                      deployment, random);
    worker->loop.mailbox().open();
    control.mailbox().open();
  }

  // What a GET of /x with this field line comes to. `meanwhile` runs while the credential is being verified, after each step of the loop.
  Admission get(std::string_view field, const std::function<void()>& meanwhile = {}) { return ask("GET /x", std::string(field) + "\r\n", meanwhile); }
  // The same of any method and target, with whole field lines.
  Admission ask(std::string_view what, std::string_view lines, const std::function<void()>& meanwhile = {}) {
    const std::string bytes = std::string(what) + " HTTP/1.1\r\nHost: a\r\n" + std::string(lines) + "\r\n";
    http::RequestHead head;
    EXPECT_EQ(http::parse_request_head(bytes, head).status, http::HeadStatus::Complete);
    std::string scratch;
    const auto target = http::parse_target(head.target, head.host, http::EncodedSlash::Pass, scratch);
    const PipelineInput input{head, *target, clock.now(), "192.0.2.7"};
    auth::FoundCredentials found;
    Admission out;
    if (decide_now(*worker, *deployment, input, found, out)) return out;
    bool done = began_ = false;
    worker->loop.spawn(verify(input, found, out, done));
    while (!done) {
      worker->loop.io().restart();
      worker->loop.io().run_one();
      if (meanwhile && began_ && !done) meanwhile();
      control.io().restart();
      control.io().poll();
    }
    return out;
  }

  std::shared_ptr<const Deployment> deployment;
  StoreWatch watch{board, [](std::string_view, std::string_view) {}};
  std::unique_ptr<net::WorkerPool> store_pool = std::make_unique<net::WorkerPool>(1, 8);
  net::WorkerPool hash_pool{1, 8};
  const Secret master{std::string(32, 'm')};
  digest::NonceCounts counts;
  auth::Lockouts lockouts;
  DeviceLimits devices;
  std::atomic<std::size_t> connections{0};
  std::unique_ptr<Worker> worker;

 private:
  net::Awaitable<> verify(PipelineInput input, const auth::FoundCredentials& found, Admission& out, bool& done) {
    began_ = true;
    co_await verify_credential(*worker, deployment, input, found, out);
    done = true;
  }

  const std::string yaml_, file_;
  bool began_ = false;
};

}  // namespace quivive::gateway
