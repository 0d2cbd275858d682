#include "diagnose/readers/har_events.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace quivive::diagnose::har {

std::string Events::tool() const { return creator_version_.empty() || creator_.empty() ? creator_ : creator_ + ' ' + creator_version_; }

std::string Events::place() const {
  if (in_entry_) return fmt::format("entry {}", entries_ + 1);
  if (saw_entries_ && !open_.empty() && open_.back() == Node::Entries) {
    return entries_ == 0 ? "log.entries" : fmt::format("log.entries, after entry {}", entries_);
  }
  return open_.size() > 1 ? "log" : "the document";
}

bool Events::complain(Node expected, std::string_view what) {
  const bool array = element_of(expected) != Node::Skip;
  std::string subject(path_of(expected));
  if (expected == Node::Entry) subject = fmt::format("entry {}", entries_ + 1);
  else if (in_entry_) subject += fmt::format(" of entry {}", entries_ + 1);
  complaint_ = fmt::format("{} is {} where {} was expected", subject, what, array ? "an array" : "an object");
  return false;
}

bool Events::begin(bool object) {
  if (skipping_ > 0) return ++skipping_, true;
  const Node node = std::exchange(next_, Node::Skip);
  leaf_ = Leaf::None;
  const bool array_expected = element_of(node) != Node::Skip;
  if (node == Node::Skip || array_expected == object) {
    if (is_required_shape(node)) return complain(node, object ? "an object" : "an array");
    skipping_ = 1;
    return true;
  }
  open_.push_back(node);
  open(node);
  next_ = element_of(node);
  return true;
}

bool Events::end() {
  if (skipping_ > 0) {
    --skipping_;
  } else {
    leaf_ = Leaf::None;
    close(open_.back());
    open_.pop_back();
  }
  if (skipping_ == 0) next_ = open_.empty() ? Node::Skip : element_of(open_.back());
  return true;
}

bool Events::on_key(std::string_view name) {
  if (skipping_ > 0) return true;
  next_ = Node::Skip;
  leaf_ = Leaf::None;
  for (const Member& member : members_of(open_.back())) {
    if (member.name == name) {
      next_ = member.node;
      leaf_ = member.leaf;
      break;
    }
  }
  return true;
}

// A value that is neither object nor array.
bool Events::scalar(std::string_view what) {
  if (skipping_ > 0) return true;
  const Node expected = next_;
  next_ = open_.empty() ? Node::Skip : element_of(open_.back());
  // null stands for a member that is not there; the document and the entries cannot be.
  const bool optional = what == "null" && expected != Node::Document && expected != Node::Entry;
  if (is_required_shape(expected) && !optional) return complain(expected, what);
  return true;
}

bool Events::on_string_part(std::string_view part) {
  if (skipping_ > 0 || leaf_ == Leaf::None) return true;
  const std::size_t room = limit() - std::min(limit(), text_.size());
  if (part.size() > room) text_cut_ = true;
  text_.append(part.substr(0, room));
  return true;
}

bool Events::on_string_end() {
  if (!scalar("a string")) return false;
  if (skipping_ == 0 && leaf_ != Leaf::None) assign(std::move(text_), text_cut_);
  text_.clear();
  text_cut_ = false;
  return true;
}

bool Events::on_number(double value) {
  if (!scalar("a number")) return false;
  if (skipping_ > 0) return true;
  if (leaf_ == Leaf::Status) {
    entry_.status = value >= 0 && value < 1000 ? static_cast<int>(value) : 0;
  } else if (leaf_ != Leaf::None) {
    // Some recorders write connections and field values as numbers.
    assign(std::trunc(value) == value && std::abs(value) < 1e15 ? std::to_string(static_cast<long long>(value)) : fmt::format("{}", value),
           false);
  }
  return true;
}

bool Events::on_bool(bool value) {
  if (!scalar(value ? "true" : "false")) return false;
  if (skipping_ > 0) return true;
  if (leaf_ == Leaf::HttpOnly) cookie_.http_only = value;
  if (leaf_ == Leaf::Secure) cookie_.secure = value;
  return true;
}

bool Events::on_null() { return scalar("null"); }

std::size_t Events::limit() const {
  if (leaf_ == Leaf::PostText || leaf_ == Leaf::ContentText) return kMaxBodyRead;
  return std::min(kMaxFieldBytes, kMaxEntryText - std::min(kMaxEntryText, entry_text_));
}

void Events::open(Node node) {
  switch (node) {
    case Node::Log: saw_log_ = true; break;
    case Node::Entries: saw_entries_ = true; break;
    case Node::Entry:
      in_entry_ = true;
      entry_ = {};
      entry_text_ = 0;
      break;
    // Of a member that comes twice the last counts.
    case Node::Request: entry_.has_request = true; break;
    case Node::Response: entry_.has_response = true; break;
    case Node::RequestHeaders: entry_.request_headers.clear(); break;
    case Node::RequestCookies: entry_.request_cookies.clear(); break;
    case Node::QueryString: entry_.query.clear(); break;
    case Node::Params: entry_.params.clear(); break;
    case Node::ResponseHeaders: entry_.response_headers.clear(); break;
    case Node::ResponseCookies: entry_.response_cookies.clear(); break;
    case Node::RequestHeader:
    case Node::ResponseHeader:
    case Node::QueryPair:
    case Node::Param: pair_ = {}; break;
    case Node::RequestCookie:
    case Node::ResponseCookie: cookie_ = {}; break;
    default: break;
  }
}

void Events::close(Node node) {
  const auto list = [](auto& items, auto& item) {
    if (items.size() < kMaxListed && !item.name.empty()) items.push_back(std::move(item));
  };
  switch (node) {
    case Node::Entry:
      on_entry_(std::move(entry_), entries_++);
      in_entry_ = false;
      break;
    case Node::RequestHeader: list(entry_.request_headers, pair_); break;
    case Node::ResponseHeader: list(entry_.response_headers, pair_); break;
    case Node::QueryPair: list(entry_.query, pair_); break;
    case Node::Param: list(entry_.params, pair_); break;
    case Node::RequestCookie: list(entry_.request_cookies, cookie_); break;
    case Node::ResponseCookie: list(entry_.response_cookies, cookie_); break;
    default: break;
  }
}

void Events::assign(std::string&& text, bool cut) {
  if (leaf_ == Leaf::PostText || leaf_ == Leaf::ContentText) {
    Text& body = leaf_ == Leaf::PostText ? entry_.post : entry_.content;
    body = {std::move(text), cut};
    return;
  }
  if (leaf_ == Leaf::Status) {
    entry_.status = 0;
    std::from_chars(text.data(), text.data() + text.size(), entry_.status);
    return;
  }
  if (std::string* const to = slot(leaf_)) {
    entry_text_ += text.size();
    *to = text;  // copied to its length: what is kept has no spare room
  }
}

std::string* Events::slot(Leaf leaf) {
  const bool in_cookie = open_.back() == Node::RequestCookie || open_.back() == Node::ResponseCookie;
  switch (leaf) {
    case Leaf::CreatorName: return &creator_;
    case Leaf::CreatorVersion: return &creator_version_;
    case Leaf::Started: return &entry_.started;
    case Leaf::Connection: return &entry_.connection;
    case Leaf::ServerAddress: return &entry_.server_address;
    case Leaf::ResourceType: return &entry_.resource_type;
    case Leaf::Method: return &entry_.method;
    case Leaf::Url: return &entry_.url;
    case Leaf::RequestVersion: return &entry_.request_version;
    case Leaf::PostMimeType: return &entry_.post_mime_type;
    case Leaf::StatusText: return &entry_.status_text;
    case Leaf::ResponseVersion: return &entry_.response_version;
    case Leaf::RedirectUrl: return &entry_.redirect_url;
    case Leaf::Failure: return &entry_.failure;
    case Leaf::ContentMimeType: return &entry_.mime_type;
    case Leaf::ContentEncoding: return &entry_.encoding;
    case Leaf::Name: return in_cookie ? &cookie_.name : &pair_.name;
    case Leaf::Value: return in_cookie ? &cookie_.value : &pair_.value;
    case Leaf::Path: return &cookie_.path;
    case Leaf::Domain: return &cookie_.domain;
    case Leaf::Expires: return &cookie_.expires;
    case Leaf::SameSite: return &cookie_.same_site;
    default: return nullptr;
  }
}

}  // namespace quivive::diagnose::har
