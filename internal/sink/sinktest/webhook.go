package sinktest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"math"
	"strconv"
	"strings"
	"time"
)

// NewWebhook returns a receiver by the rules of Standard Webhooks, which has this secret.
func NewWebhook(secret string, now func() time.Time) *Service {
	return &Service{check: func(q *Request) *Answer {
		if !signedBy(q, secret, now()) {
			return no(401, "the signature is wrong")
		}
		if len(q.Body) > 20_000 {
			return no(413, "the body is too long")
		}
		return nil
	}, taken: Answer{Status: 204}}
}

func signedBy(q *Request, secret string, now time.Time) bool {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	stamp := q.Header.Get("webhook-timestamp")
	seconds, perr := strconv.ParseInt(stamp, 10, 64)
	id := q.Header.Get("webhook-id")
	if err != nil || perr != nil || id == "" || strings.Contains(id, ".") || math.Abs(float64(now.Unix()-seconds)) > 300 {
		return false
	}
	h := hmac.New(sha256.New, key)
	_, _ = h.Write([]byte(id + "." + stamp + "." + string(q.Body)))
	want := h.Sum(nil)
	for one := range strings.FieldsSeq(q.Header.Get("webhook-signature")) {
		version, text, _ := strings.Cut(one, ",")
		got, err := base64.StdEncoding.DecodeString(text)
		if version == "v1" && err == nil && hmac.Equal(got, want) {
			return true
		}
	}
	return false
}
