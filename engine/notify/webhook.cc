#include "notify/webhook.h"

#include <memory>

#include <curl/curl.h>

namespace planrun {

namespace {

struct FreeHandle {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

constexpr long kConnectSeconds = 10;

// What the server says beside its status is nobody's business.
std::size_t ignore(char*, std::size_t size, std::size_t count, void*) {
  return size * count;
}

}  // namespace

std::string post_json(const std::string& url, const std::string& json, int timeout_seconds) {
  const std::unique_ptr<CURL, FreeHandle> handle(curl_easy_init());
  if (!handle) return "libcurl cannot be used";
  const std::unique_ptr<curl_slist, FreeList> headers(
      curl_slist_append(nullptr, "Content-Type: application/json"));
  CURL* const post = handle.get();
  curl_easy_setopt(post, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(post, CURLOPT_URL, url.c_str());
  curl_easy_setopt(post, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(post, CURLOPT_POSTFIELDSIZE, static_cast<long>(json.size()));
  curl_easy_setopt(post, CURLOPT_POSTFIELDS, json.c_str());
  curl_easy_setopt(post, CURLOPT_USERAGENT, "planrun");
  curl_easy_setopt(post, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(post, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(post, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
  curl_easy_setopt(post, CURLOPT_TIMEOUT, static_cast<long>(timeout_seconds));
  curl_easy_setopt(post, CURLOPT_WRITEFUNCTION, ignore);
  const CURLcode result = curl_easy_perform(post);
  if (result != CURLE_OK) return curl_easy_strerror(result);
  long status = 0;
  curl_easy_getinfo(post, CURLINFO_RESPONSE_CODE, &status);
  return status >= 200 && status < 300 ? "" : "the server answered " + std::to_string(status);
}

}  // namespace planrun
