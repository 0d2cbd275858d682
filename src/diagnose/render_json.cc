#include "diagnose/render_json.h"

#include "base/json.h"

namespace quivive::diagnose {
namespace {

// Writes members one after the other; what they hold is the caller's.
class Writer {
 public:
  void open(char bracket) { out += bracket, first_ = true; }
  void close(char bracket) { out += bracket, first_ = false; }
  void name(std::string_view name) {
    comma();
    append_json_quoted(out, name);
    out += ':';
    first_ = true;
  }
  void text(std::string_view value) { comma(), append_json_quoted(out, value); }
  void text_or_null(std::string_view value) { value.empty() ? raw("null") : text(value); }
  void raw(std::string_view value) { comma(), out += value; }
  void item() { comma(), first_ = true; }

  std::string out;

 private:
  void comma() {
    if (!first_) out += ',';
    first_ = false;
  }
  bool first_ = true;
};

std::string number_or_null(std::optional<std::size_t> number) { return number ? std::to_string(*number) : "null"; }

void write_finding(Writer& w, const Finding& f, bool loose) {
  w.open('{');
  w.name("code"), w.text(code_of(f.cause));
  w.name("certainty"), w.text(name_of(f.certainty));
  w.name("severity"), w.text(name_of(f.severity));
  w.name("exchange"), w.raw(loose ? "null" : number_or_null(f.exchange));
  w.name("summary"), w.text(f.summary);
  w.name("detail"), w.text(f.detail);
  w.name("evidence"), w.open('[');
  for (const Evidence& evidence : f.evidence) {
    w.item(), w.open('{');
    w.name("part"), w.text(evidence.part);
    w.name("name"), w.text_or_null(evidence.name);
    w.name("text"), w.text(evidence.text);
    w.close('}');
  }
  w.close(']');
  w.name("fix"), w.text(f.fix);
  w.name("reference"), w.text_or_null(info(f.cause).reference);
  w.close('}');
}

void write_verdict(Writer& w, const Finding& f, bool loose) {
  w.open('{');
  w.name("code"), w.text(code_of(f.cause));
  w.name("certainty"), w.text(name_of(f.certainty));
  w.name("exchange"), w.raw(loose ? "null" : number_or_null(f.exchange));
  w.name("summary"), w.text(f.summary);
  w.name("fix"), w.text(f.fix);
  w.close('}');
}

}  // namespace

std::string render_json(const Capture& capture, const Diagnosis& diagnosis) {
  Writer w;
  w.open('{');
  w.name("schema"), w.text("quivive/why/1");
  w.name("input"), w.open('{');
  w.name("format"), w.text(name_of(capture.format));
  w.name("exchanges"), w.raw(std::to_string(capture.is_loose ? 0 : capture.total));
  w.close('}');
  w.name("verdict");
  if (const Finding* verdict = diagnosis.verdict_finding()) write_verdict(w, *verdict, capture.is_loose);
  else w.raw("null");
  w.name("answered_by"), w.open('{');
  w.name("kind"), w.text(name_of(diagnosis.answered_by.kind));
  w.name("name"), w.text_or_null(diagnosis.answered_by.name);
  w.name("evidence"), w.text_or_null(diagnosis.answered_by.evidence);
  w.close('}');
  w.name("findings"), w.open('[');
  for (const Finding& finding : diagnosis.findings) w.item(), write_finding(w, finding, capture.is_loose);
  w.close(']');
  w.close('}');
  return std::move(w.out) + '\n';
}

}  // namespace quivive::diagnose
