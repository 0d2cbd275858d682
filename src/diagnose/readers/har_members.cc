#include "diagnose/readers/har_members.h"

namespace quivive::diagnose::har {
namespace {

constexpr Member kDocument[] = {{"log", Node::Log}};
constexpr Member kLog[] = {{"creator", Node::Creator}, {"entries", Node::Entries}};
constexpr Member kCreator[] = {{"name", Node::Skip, Leaf::CreatorName}, {"version", Node::Skip, Leaf::CreatorVersion}};
constexpr Member kEntry[] = {
    {"startedDateTime", Node::Skip, Leaf::Started},
    {"request", Node::Request},
    {"response", Node::Response},
    {"serverIPAddress", Node::Skip, Leaf::ServerAddress},
    {"connection", Node::Skip, Leaf::Connection},
    {"_resourceType", Node::Skip, Leaf::ResourceType},
};
constexpr Member kRequest[] = {
    {"method", Node::Skip, Leaf::Method}, {"url", Node::Skip, Leaf::Url},    {"httpVersion", Node::Skip, Leaf::RequestVersion},
    {"headers", Node::RequestHeaders},    {"cookies", Node::RequestCookies}, {"queryString", Node::QueryString},
    {"postData", Node::PostData},
};
constexpr Member kResponse[] = {
    {"status", Node::Skip, Leaf::Status},
    {"statusText", Node::Skip, Leaf::StatusText},
    {"httpVersion", Node::Skip, Leaf::ResponseVersion},
    {"headers", Node::ResponseHeaders},
    {"cookies", Node::ResponseCookies},
    {"content", Node::Content},
    {"redirectURL", Node::Skip, Leaf::RedirectUrl},
    {"_error", Node::Skip, Leaf::Failure},        // Chrome: "net::ERR_FAILED"
    {"_failureText", Node::Skip, Leaf::Failure},  // Playwright
};
constexpr Member kPair[] = {{"name", Node::Skip, Leaf::Name}, {"value", Node::Skip, Leaf::Value}};
constexpr Member kCookie[] = {
    {"name", Node::Skip, Leaf::Name},         {"value", Node::Skip, Leaf::Value},     {"path", Node::Skip, Leaf::Path},
    {"domain", Node::Skip, Leaf::Domain},     {"expires", Node::Skip, Leaf::Expires}, {"sameSite", Node::Skip, Leaf::SameSite},
    {"httpOnly", Node::Skip, Leaf::HttpOnly}, {"secure", Node::Skip, Leaf::Secure},   {"_sameSite", Node::Skip, Leaf::SameSite},
};
constexpr Member kPostData[] = {
    {"mimeType", Node::Skip, Leaf::PostMimeType}, {"text", Node::Skip, Leaf::PostText}, {"params", Node::Params}};
constexpr Member kContent[] = {{"mimeType", Node::Skip, Leaf::ContentMimeType},
                               {"text", Node::Skip, Leaf::ContentText},
                               {"encoding", Node::Skip, Leaf::ContentEncoding}};

}  // namespace

std::span<const Member> members_of(Node node) {
  switch (node) {
    case Node::Document: return kDocument;
    case Node::Log: return kLog;
    case Node::Creator: return kCreator;
    case Node::Entry: return kEntry;
    case Node::Request: return kRequest;
    case Node::Response: return kResponse;
    case Node::RequestHeader:
    case Node::ResponseHeader:
    case Node::QueryPair:
    case Node::Param: return kPair;
    case Node::RequestCookie:
    case Node::ResponseCookie: return kCookie;
    case Node::PostData: return kPostData;
    case Node::Content: return kContent;
    default: return {};
  }
}

Node element_of(Node node) {
  switch (node) {
    case Node::Entries: return Node::Entry;
    case Node::RequestHeaders: return Node::RequestHeader;
    case Node::RequestCookies: return Node::RequestCookie;
    case Node::QueryString: return Node::QueryPair;
    case Node::Params: return Node::Param;
    case Node::ResponseHeaders: return Node::ResponseHeader;
    case Node::ResponseCookies: return Node::ResponseCookie;
    default: return Node::Skip;
  }
}

bool is_required_shape(Node node) {
  switch (node) {
    case Node::Document:
    case Node::Log:
    case Node::Entries:
    case Node::Entry:
    case Node::Request:
    case Node::RequestHeaders:
    case Node::RequestHeader:
    case Node::Response:
    case Node::ResponseHeaders:
    case Node::ResponseHeader: return true;
    default: return false;
  }
}

std::string_view path_of(Node node) {
  switch (node) {
    case Node::Document: return "the document";
    case Node::Log: return "log";
    case Node::Entries: return "log.entries";
    case Node::Request: return "request";
    case Node::RequestHeaders: return "request.headers";
    case Node::RequestHeader: return "a header of the request";
    case Node::Response: return "response";
    case Node::ResponseHeaders: return "response.headers";
    case Node::ResponseHeader: return "a header of the response";
    default: return "";
  }
}

}  // namespace quivive::diagnose::har
