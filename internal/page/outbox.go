package page

import (
	"net/http"
	"net/url"

	"github.com/swell-radar/swell/internal/api"
)

// outboxBody is what GET /outbox shows.
type outboxBody struct {
	Tabs   []alertTab
	Sinks  []sinkRow
	Dead   []messageRow // given up
	Wait   []messageRow
	Change bool // the viewer may retry and drop
	Full   bool // there are more messages than are listed
}

// sinkRow is how a place that messages are sent to is doing.
type sinkRow struct {
	api.SinkStatus
	Change bool
}

// State is how it is doing, in a word; Good, Bad and Waits sort it for the eye.
func (s sinkRow) State() string {
	switch {
	case s.Off:
		return "off"
	case s.Error != "":
		return "fails"
	case s.LastOK == nil && s.Waiting == 0:
		return "not used yet"
	case s.LastOK == nil:
		return "waits"
	}
	return "works"
}

// Sign is the class of the state.
func (s sinkRow) Sign() string {
	switch s.State() {
	case "works":
		return "good"
	case "off", "fails":
		return "bad"
	}
	return "waits"
}

// Stuck is how many messages a retry would try.
func (s sinkRow) Stuck() int { return s.Waiting + s.Dead }

// messageRow is a message that has not been sent yet.
type messageRow struct {
	api.OutboxMessage
	Change bool
}

// About is what sort of message it is.
func (m messageRow) About() string {
	switch m.Kind {
	case "change":
		return "alert, changed"
	case "over":
		return "alert, over"
	}
	return m.Kind
}

// listedMessages is how many messages the endpoint lists at most.
const listedMessages = 1000

// outbox answers GET /outbox.
func (p *Page) outbox(v *viewer) *Answer {
	var answer api.OutboxAnswer
	if problem := p.opt.API.Get(v.Request, api.OutboxPath, nil, &answer); problem != nil {
		return failed(problem)
	}
	body := &outboxBody{
		Tabs: alertTabs("/outbox"), Change: p.opt.API.Allows(v.Request, http.MethodPost, api.OutboxPath+api.RetryPath), Full: len(answer.Messages) >= listedMessages,
	}
	for _, s := range answer.Sinks {
		body.Sinks = append(body.Sinks, sinkRow{s, body.Change})
	}
	for _, m := range answer.Messages {
		row := messageRow{m, body.Change}
		if m.Dead {
			body.Dead = append(body.Dead, row)
		} else {
			body.Wait = append(body.Wait, row)
		}
	}
	return p.show(v, "outbox", "Messages", "alerts", body)
}

// retrySink answers POST /outbox/retry.
func (p *Page) retrySink(v *viewer) *Answer {
	f, problem := typed(v)
	if problem != nil {
		return failed(problem)
	}
	path := api.OutboxPath + api.RetryPath + "?" + url.Values{"sink": {f.Value("sink")}}.Encode()
	return p.changedOutbox(p.opt.API.Send(v.Request, http.MethodPost, path, nil, nil), "retried")
}

// retryMessage answers POST /outbox/{id}/retry.
func (p *Page) retryMessage(v *viewer) *Answer {
	path := escaped(api.OutboxPath, v.PathValue("id")) + api.RetryPath
	return p.changedOutbox(p.opt.API.Send(v.Request, http.MethodPost, path, nil, nil), "retried")
}

// dropMessage answers POST /outbox/{id}/delete.
func (p *Page) dropMessage(v *viewer) *Answer {
	path := escaped(api.OutboxPath, v.PathValue("id"))
	return p.changedOutbox(p.opt.API.Send(v.Request, http.MethodDelete, path, nil, nil), "dropped")
}

// changedOutbox goes back to the messages. One that is not there any more was sent meanwhile: nothing is left to do.
func (p *Page) changedOutbox(problem *api.Problem, code string) *Answer {
	if problem != nil && problem.Type != api.ProblemUnknownMessage {
		return failed(problem)
	}
	return seeOther(withDone("/outbox", code))
}

// messageList is a table of messages.
type messageList struct {
	Rows []messageRow
	V    *viewer
	Name string
}

// Listed makes a table of messages.
func (b *outboxBody) Listed(rows []messageRow, v *viewer, name string) messageList {
	return messageList{rows, v, name}
}
