package api

import (
	"fmt"
	"net/http"
)

// Problem is an error as problem details (RFC 9457). Type is a relative URI
// that stays the same between versions; programs should look at it and at
// Status, people read Detail.
type Problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
	// Parameter is the query or path parameter at fault.
	Parameter string `json:"parameter,omitempty"`
	RequestID string `json:"request_id"`
	// Phase is what a server that is not ready is doing.
	Phase string `json:"phase,omitempty"`
	// Errors are the lines at fault, or the place in a body.
	Errors []LineError `json:"errors,omitempty"`

	// Allow lists the methods that are possible, for the header of that name.
	Allow string `json:"-"`
}

// Error names title, detail and request.
func (p *Problem) Error() string {
	return fmt.Sprintf("%s: %s (request %s)", p.Title, p.Detail, p.RequestID)
}

// The types of problem.
const (
	ProblemUnknownParameter = "/problems/unknown-parameter"
	ProblemInvalidParameter = "/problems/invalid-parameter"
	ProblemTooManyPoints    = "/problems/too-many-points"
	ProblemNoSuchPath       = "/problems/no-such-path"
	ProblemUnknownTerm      = "/problems/unknown-term"
	ProblemMethod           = "/problems/method-not-allowed"
	ProblemStaleCursor      = "/problems/stale-cursor"
	ProblemTooLong          = "/problems/uri-too-long"
	ProblemForeignHost      = "/problems/foreign-host"
	ProblemBusy             = "/problems/busy"
	ProblemNotReady         = "/problems/not-ready"
	ProblemInternal         = "/problems/internal"
	ProblemInvalidHeader    = "/problems/invalid-header"
	ProblemForeignOrigin    = "/problems/foreign-origin"
	ProblemReadOnly         = "/problems/read-only"
	ProblemDemo             = "/problems/demo"
	ProblemEncoding         = "/problems/unknown-encoding"
	ProblemBody             = "/problems/unreadable-body"
	ProblemTooLarge         = "/problems/body-too-large"
	ProblemNoRecord         = "/problems/no-record"
	ProblemTooMany          = "/problems/too-many-deliveries"
	ProblemBehind           = "/problems/counting-behind"
	ProblemFull             = "/problems/no-room"
	ProblemInDoubt          = "/problems/in-doubt"
	ProblemNumber           = "/problems/delivery-number"
	ProblemNotKept          = "/problems/not-kept"
	ProblemDamaged          = "/problems/damaged"
	ProblemUnknownWatch     = "/problems/unknown-watch"
	ProblemWatchExists      = "/problems/watch-exists"
	ProblemWatchLimit       = "/problems/watch-limit"
	ProblemInvalidBody      = "/problems/invalid-body"
	ProblemChanged          = "/problems/changed-since"
	ProblemNotAcceptable    = "/problems/not-acceptable"
	ProblemToken            = "/problems/token"
	ProblemRole             = "/problems/role"
	ProblemRate             = "/problems/rate"
	ProblemKeyReused        = "/problems/idempotency-key-reused"
	ProblemKeyBusy          = "/problems/idempotency-key-busy"
	ProblemTooManyKeys      = "/problems/too-many-idempotency-keys"
	ProblemTooManyStreams   = "/problems/too-many-streams"
	ProblemRange            = "/problems/no-such-range"
	ProblemNoAlerts         = "/problems/no-alerts"
	ProblemUnknownAlert     = "/problems/unknown-alert"
	ProblemAlertOver        = "/problems/alert-over"
	ProblemUnknownRule      = "/problems/unknown-rule"
	ProblemRuleExists       = "/problems/rule-exists"
	ProblemRuleBuiltin      = "/problems/rule-builtin"
	ProblemAlertLimit       = "/problems/alert-limit"
	ProblemUnknownMute      = "/problems/unknown-mute"
	ProblemUnknownNote      = "/problems/unknown-note"
	ProblemNoteLimit        = "/problems/note-limit"
	ProblemNoOutbox         = "/problems/no-outbox"
	ProblemUnknownMessage   = "/problems/unknown-message"
	ProblemDigestWaits      = "/problems/digest-waits"
)

// problems gives every type its title and status, and after how many seconds it is
// worth asking again, where it is.
var problems = map[string]struct {
	title  string
	status int
	retry  string
}{
	ProblemUnknownParameter: {"Unknown parameter", http.StatusBadRequest, ""},
	ProblemInvalidParameter: {"Invalid parameter", http.StatusBadRequest, ""},
	ProblemTooManyPoints:    {"Too many points", http.StatusBadRequest, ""},
	ProblemNoSuchPath:       {"No such path", http.StatusNotFound, ""},
	ProblemUnknownTerm:      {"Unknown term", http.StatusNotFound, ""},
	ProblemMethod:           {"Method not allowed", http.StatusMethodNotAllowed, ""},
	ProblemStaleCursor:      {"Stale cursor", http.StatusGone, ""},
	ProblemTooLong:          {"URI too long", http.StatusRequestURITooLong, ""},
	ProblemForeignHost:      {"Foreign host", http.StatusMisdirectedRequest, ""},
	ProblemBusy:             {"Busy", http.StatusServiceUnavailable, "1"},
	ProblemNotReady:         {"Not ready", http.StatusServiceUnavailable, "1"},
	ProblemInternal:         {"Internal error", http.StatusInternalServerError, ""},
	ProblemInvalidHeader:    {"Invalid header", http.StatusBadRequest, ""},
	ProblemForeignOrigin:    {"Foreign origin", http.StatusForbidden, ""},
	ProblemReadOnly:         {"Read-only", http.StatusForbidden, ""},
	ProblemDemo:             {"Only a demo", http.StatusForbidden, ""},
	ProblemEncoding:         {"Unknown encoding", http.StatusUnsupportedMediaType, ""},
	ProblemBody:             {"Unreadable body", http.StatusBadRequest, ""},
	ProblemTooLarge:         {"Body too large", http.StatusRequestEntityTooLarge, ""},
	ProblemNoRecord:         {"No record", http.StatusUnprocessableEntity, ""},
	ProblemTooMany:          {"Too many deliveries", http.StatusTooManyRequests, "1"},
	ProblemBehind:           {"Counting is behind", http.StatusTooManyRequests, "2"},
	ProblemFull:             {"No room", http.StatusInsufficientStorage, "30"},
	ProblemInDoubt:          {"In doubt", http.StatusServiceUnavailable, "1"},
	ProblemNumber:           {"Number of the delivery", http.StatusConflict, ""},
	ProblemNotKept:          {"Not kept", http.StatusNotFound, ""},
	ProblemDamaged:          {"Damaged", http.StatusInternalServerError, ""},
	ProblemUnknownWatch:     {"Unknown watch list", http.StatusNotFound, ""},
	ProblemWatchExists:      {"Watch list exists", http.StatusConflict, ""},
	ProblemWatchLimit:       {"Too much to watch", http.StatusUnprocessableEntity, ""},
	ProblemInvalidBody:      {"Invalid body", http.StatusBadRequest, ""},
	ProblemChanged:          {"Changed since", http.StatusPreconditionFailed, ""},
	ProblemNotAcceptable:    {"Not acceptable", http.StatusNotAcceptable, ""},
	ProblemToken:            {"Token", http.StatusUnauthorized, ""},
	ProblemRole:             {"Role of the token", http.StatusForbidden, ""},
	ProblemRate:             {"Too many requests", http.StatusTooManyRequests, ""}, // the answer says when
	ProblemKeyReused:        {"Idempotency key of another delivery", http.StatusUnprocessableEntity, ""},
	ProblemKeyBusy:          {"Delivery under way", http.StatusConflict, "1"},
	ProblemTooManyKeys:      {"Too many idempotency keys", http.StatusTooManyRequests, "600"},
	ProblemTooManyStreams:   {"Too many streams", http.StatusServiceUnavailable, "30"},
	ProblemRange:            {"No such range", http.StatusRequestedRangeNotSatisfiable, ""},
	ProblemNoAlerts:         {"No alerts", http.StatusNotFound, ""},
	ProblemUnknownAlert:     {"Unknown alert", http.StatusNotFound, ""},
	ProblemAlertOver:        {"Alert over", http.StatusConflict, ""},
	ProblemUnknownRule:      {"Unknown rule", http.StatusNotFound, ""},
	ProblemRuleExists:       {"Rule exists", http.StatusConflict, ""},
	ProblemRuleBuiltin:      {"Rule from the start", http.StatusConflict, ""},
	ProblemAlertLimit:       {"Too many rules or mutes", http.StatusUnprocessableEntity, ""},
	ProblemUnknownMute:      {"Unknown mute", http.StatusNotFound, ""},
	ProblemUnknownNote:      {"Unknown note", http.StatusNotFound, ""},
	ProblemNoteLimit:        {"Too many notes", http.StatusUnprocessableEntity, ""},
	ProblemNoOutbox:         {"Nothing is sent", http.StatusNotFound, ""},
	ProblemUnknownMessage:   {"Unknown message", http.StatusNotFound, ""},
	ProblemDigestWaits:      {"Digest waits already", http.StatusConflict, ""},
}

// NewProblem returns a problem of the type without its request.
func NewProblem(kind, format string, args ...any) *Problem {
	k := problems[kind]
	return &Problem{Type: kind, Title: k.title, Status: k.status, Detail: fmt.Sprintf(format, args...)}
}

// At names the parameter at fault.
func (p *Problem) At(parameter string) *Problem {
	p.Parameter = parameter
	return p
}

// RetryAfter returns after how many seconds it is worth asking again, as a header says
// it; empty where that would not help.
func (p *Problem) RetryAfter() string { return problems[p.Type].retry }
