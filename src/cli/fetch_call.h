#pragma once
// One call of `quivive fetch`, from what was asked to what is told of it.

#include "agent/client.h"
#include "cli/fetch_input.h"
#include "cli/fetch_options.h"
#include "cli/fetch_output.h"
#include "cli/fetch_report.h"

#include <memory>
#include <optional>
#include <string>

namespace quivive::cli {

// Its functions in this order. References outlive it.
class FetchCall {
 public:
  FetchCall(const Command& self, FetchOptions& asked, client::TargetUrl target, Io& io)
      : self_(self), asked_(asked), target_(std::move(target)), io_(io), output_({asked.include, asked.fail, asked.output}, io.out) {}

  // Reads what goes into the request; with --login, somebody signs in first where that is due.
  [[nodiscard]] Result<void, Failure> prepare();
  void send();
  // With --login, where the tokens turned out to be over: the sign-in, and the request once more.
  [[nodiscard]] Result<void, Failure> sign_in_and_send_again();
  // What there is to say, and the exit status.
  [[nodiscard]] int tell();

 private:
  [[nodiscard]] Result<void, Failure> read_body_and_start_clock();
  [[nodiscard]] Result<void, Failure> sign_in_first();
  [[nodiscard]] Result<GivenCredentials, Failure> read_given();
  [[nodiscard]] Result<GivenCredentials, Failure> sign_in_and_read();
  void make_request();
  [[nodiscard]] bool may_send_again() const;
  [[nodiscard]] std::string hint() const;
  [[nodiscard]] std::string line(std::string_view text, std::string_view hint = {}) const;

  const Command& self_;
  FetchOptions& asked_;
  const client::TargetUrl target_;
  Io& io_;

  agent::Deadline until_;
  GivenCredentials given_;
  client::Token tried_;  // of the profile, where there is one
  std::unique_ptr<agent::BodySource> body_;
  agent::Request request_;
  diagnose::Expectations expected_;

  FetchOutput output_;
  std::optional<WireRecord> wire_;
  agent::Response response_;
  bool told_why_ = false;  // what the response explains was said already
};

}  // namespace quivive::cli
