package serve

import (
	"errors"
	"net/http"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/note"
	"github.com/swell-radar/swell/term"
)

// maxTermNotes is how many notes an answer about a term has at most.
const maxTermNotes = 200

// listNotes answers GET /api/v1/notes.
func (s *Server) listNotes(r *http.Request) (*reply, *api.Problem) {
	p := parse(r, "kind", "key", "from", "to", "limit")
	kind, key := p.one("kind"), p.one("key")
	q := note.Query{Limit: p.integer("limit", defaultLimit, 1, maxLimit)}
	switch parsed, err := term.ParseKind(kind); {
	case p.fault != nil:
	case kind == "" && key != "":
		p.refuse("key", "is given without kind; give both")
	case kind == "":
	case err != nil:
		p.refuse("kind", "is %.80q; use one of %s", kind, listed(kindNames()))
	default:
		q.Kind = parsed.String()
		if q.Key = term.KeyOf(parsed, key); key != "" && q.Key == "" {
			p.refuse("key", "is %.80q, in which there is nothing to count", key)
		}
	}
	from, _ := p.time("from")
	q.From = unix(from)
	if to, given := p.time("to"); given {
		q.To = unix(to)
		if from > to {
			p.refuse("from", "(%s) is after to (%s)", rfc3339(from), rfc3339(to))
		}
	}
	if p.fault != nil {
		return nil, p.fault
	}
	return &reply{value: &api.NotesAnswer{Demo: s.opt.Demo, Notes: s.opt.Notes.Notes(q)}}, nil
}

// notesOf returns the notes of a term: as of a past moment, those that are about what was before.
func (s *Server) notesOf(a *asked) []api.Note {
	q := note.Query{Kind: a.kind.String(), Key: a.key, Limit: maxTermNotes}
	if a.past {
		q.To = unix(a.asOf)
	}
	return s.opt.Notes.Notes(q)
}

// addNote answers POST /api/v1/notes.
func (s *Server) addNote(r *http.Request) (*reply, *api.Problem) {
	body, fault := s.given(r)
	if fault != nil {
		return nil, fault
	}
	n := api.Note{}
	if fault := readObject(body, "an object with kind, key, at and text", func(b *objectBody) map[string]func(string, int) {
		return map[string]func(string, int){
			"kind": func(field string, at int) { n.Kind = b.text(field, at) },
			"key":  func(field string, at int) { n.Key = b.text(field, at) },
			"at": func(field string, at int) {
				if t := b.time(field, at); t != nil {
					n.At = *t
				}
			},
			"text": func(field string, at int) { n.Text = b.text(field, at) },
			"id":   b.skip, "made": b.skip, // filled in by the server
		}
	}); fault != nil {
		return nil, fault
	}
	n, err := s.opt.Notes.Add(n, s.clock())
	if err != nil {
		return nil, s.unkeptNote(err)
	}
	return &reply{value: n, status: http.StatusCreated, location: api.NotePath(n.ID)}, nil
}

// dropNote answers DELETE /api/v1/notes/{id}.
func (s *Server) dropNote(r *http.Request) (*reply, *api.Problem) {
	if p := parse(r); p.fault != nil {
		return nil, p.fault
	}
	if err := s.opt.Notes.Drop(r.PathValue("id")); err != nil {
		return nil, s.unkeptNote(err)
	}
	return &reply{status: http.StatusNoContent}, nil
}

// unkeptNote returns the problem behind a note that could not be kept or deleted.
func (s *Server) unkeptNote(err error) *api.Problem {
	switch {
	case errors.Is(err, note.ErrInvalid):
		return api.NewProblem(api.ProblemInvalidBody, "%v", err)
	case errors.Is(err, note.ErrLimit):
		return api.NewProblem(api.ProblemNoteLimit, "%v", err)
	case errors.Is(err, note.ErrNotFound):
		return api.NewProblem(api.ProblemUnknownNote, "there is no such note; GET %s lists them", api.NotesPath).At("id")
	}
	return s.unkept("the note", err)
}
