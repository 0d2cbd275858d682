#pragma once
// The parts that bound.cc is made of.

#include "diagnose/rule.h"

namespace quivive::diagnose::rules {

void ntlm(const Context& context, const Facts& facts, Report& report);
void sigv4(const Context& context, const Facts& facts, Report& report);   // AWS Signature Version 4, and URLs signed beforehand
void dpop(const Context& context, const Facts& facts, Report& report);    // RFC 9449
void mtls(const Context& context, const Facts& facts, Report& report);    // RFC 8705
void oauth1(const Context& context, const Facts& facts, Report& report);  // RFC 5849

}  // namespace quivive::diagnose::rules
