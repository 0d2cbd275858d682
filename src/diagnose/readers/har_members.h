#pragma once
// The members of HAR 1.2 that are read, and where in the document they stand; all others are skipped without being built.

#include <cstdint>
#include <span>
#include <string_view>

namespace quivive::diagnose::har {

// Objects and arrays on the way to what is read.
enum class Node : std::uint8_t {
  Skip,
  Document,
  Log,
  Creator,
  Entries,
  Entry,
  Request,
  RequestHeaders,
  RequestHeader,
  RequestCookies,
  RequestCookie,
  QueryString,
  QueryPair,
  PostData,
  Params,
  Param,
  Response,
  ResponseHeaders,
  ResponseHeader,
  ResponseCookies,
  ResponseCookie,
  Content,
};

// Scalars that are read.
enum class Leaf : std::uint8_t {
  None,
  CreatorName,
  CreatorVersion,
  Started,
  Connection,
  ServerAddress,
  ResourceType,
  Method,
  Url,
  RequestVersion,
  PostMimeType,
  PostText,
  Status,
  StatusText,
  ResponseVersion,
  RedirectUrl,
  Failure,
  ContentMimeType,
  ContentText,
  ContentEncoding,
  Name,
  Value,
  Path,
  Domain,
  Expires,
  SameSite,
  HttpOnly,
  Secure,
};

struct Member {
  std::string_view name;
  Node node = Node::Skip;  // one of the two
  Leaf leaf = Leaf::None;
};

// The members of an object that are read; nothing for an array.
[[nodiscard]] std::span<const Member> members_of(Node node);
// What the elements of an array are; Skip for an object.
[[nodiscard]] Node element_of(Node node);
// A document in which that is of another type is no HAR. The rest is left out where it is odd.
[[nodiscard]] bool is_required_shape(Node node);
// As it is written in the document, within its entry: "request.headers".
[[nodiscard]] std::string_view path_of(Node node);

}  // namespace quivive::diagnose::har
