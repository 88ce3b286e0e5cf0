package serve

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/export"
	"github.com/swell-radar/swell/internal/rows"
	"github.com/swell-radar/swell/internal/store"
)

// exports answers GET /api/v1/export.
func (s *Server) exports(r *http.Request) (*reply, *api.Problem) {
	if p := parse(r); p.fault != nil {
		return nil, p.fault
	}
	asOf, _ := cover(s.opt.Source.View())
	out := &api.ExportAnswer{Demo: s.opt.Demo, AsOf: asOf, Days: []api.ExportDay{}}
	if s.opt.Exports != nil {
		days, err := s.opt.Exports.Days()
		if err != nil {
			return nil, s.notExported(r, export.Kind{}, err)
		}
		for _, d := range days {
			out.Days = append(out.Days, exportDay(&d))
		}
	}
	return &reply{value: out, rows: out.Days}, nil
}

func exportDay(d *export.Day) api.ExportDay {
	from := unix(d.Day * dayHours * hourSeconds)
	out := api.ExportDay{
		Day: export.Date(d.Day), From: from, To: from.AddDate(0, 0, 1),
		Path: exportPath(export.Kind{Day: d.Day, Format: rows.Parquet}), Made: []api.ExportFile{},
	}
	for _, f := range d.Files {
		out.Made = append(out.Made, api.ExportFile{Path: exportPath(f.Kind), Format: f.Kind.Format.String(), Layout: f.Kind.Layout.String(), Bytes: f.Bytes})
	}
	return out
}

// exportPath returns the path of a file, with its parameters.
func exportPath(k export.Kind) string {
	var query []string
	if k.Raw {
		query = append(query, "csv_guard=0")
	}
	if k.Layout != export.Long {
		query = append(query, "layout="+k.Layout.String())
	}
	path := api.ExportPath + "/" + export.Date(k.Day) + "." + k.Format.String()
	if len(query) > 0 {
		path += "?" + strings.Join(query, "&")
	}
	return path
}

// exportFile answers GET /api/v1/export/{file}.
func (s *Server) exportFile(r *http.Request) (*reply, *api.Problem) {
	p := parse(r, "csv_guard", "layout")
	var k export.Kind
	if p.choice("layout", export.Long.String(), export.Wide.String()) == export.Wide.String() {
		k.Layout = export.Wide
	}
	raw := p.choice("csv_guard", "1", "0") == "0"
	day, ending, _ := strings.Cut(r.PathValue("file"), ".")
	var ok bool
	if k.Day, ok = export.ParseDate(day); !ok {
		p.refuse("day", "is %.80q; use YYYY-MM-DD, as in %s", day, exportPath(export.Kind{Day: 20_000, Format: rows.Parquet}))
	}
	var err error
	if k.Format, err = rows.ParseFormat(ending); err != nil {
		p.refuse("format", "is %.80q; end the path with one of .%s", ending, strings.Join(rows.Names(), ", ."))
	}
	if p.fault != nil {
		return nil, p.fault
	}
	k.Raw = raw && k.Format == rows.CSV
	if s.opt.Exports == nil {
		return nil, api.NewProblem(api.ProblemNotKept, "nothing of the past is kept here, so that there are no days to export")
	}
	return &reply{raw: func(w http.ResponseWriter, r *http.Request) { s.sendExport(w, r, k) }}, nil
}

// sendExport sends a file once it is made, which may take longer than any other answer: the
// times that connections have for a request do not hold here.
func (s *Server) sendExport(w http.ResponseWriter, r *http.Request, k export.Kind) {
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Time{}) // what is no socket has no deadlines
	_ = control.SetWriteDeadline(time.Time{})
	f, err := s.opt.Exports.Get(r.Context(), k)
	if err != nil {
		s.patient(control)
		s.fail(w, r, s.notExported(r, k, err))
		return
	}
	defer f.Close()
	s.sendFile(w, r, f, control)
}

// patient gives the next part of an answer its time.
func (s *Server) patient(control *http.ResponseController) {
	_ = control.SetWriteDeadline(time.Now().Add(filePatience)) // sockets keep real time
}

// notExported returns the problem behind an error of the exports.
func (s *Server) notExported(r *http.Request, k export.Kind, err error) *api.Problem {
	switch {
	case errors.Is(err, export.ErrNotKept):
		return s.noSuchDay(k.Day)
	case errors.Is(err, export.ErrNoRoom):
		s.opt.Logger.Warn("cannot export a day", "day", export.Date(k.Day), "err", err)
		return api.NewProblem(api.ProblemFull, "there is no room on the disk for the file of %s; ask for another format or layout, as Parquet, or see the log of the server", export.Date(k.Day))
	case errors.Is(err, store.ErrDamaged):
		s.opt.Logger.Error("cannot export a day", "day", export.Date(k.Day), "err", err)
		return api.NewProblem(api.ProblemDamaged, "what was counted on %s was damaged on the disk, so that there is no right file; the log of the server has the reason", export.Date(k.Day))
	}
	for _, passing := range []error{export.ErrBusy, export.ErrClosed, store.ErrClosed, context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, passing) {
			return busy()
		}
	}
	s.opt.Logger.Error("cannot export a day", "path", r.URL.Path, "err", err)
	return internal()
}

// noSuchDay tells which days there are.
func (s *Server) noSuchDay(day int64) *api.Problem {
	days, err := s.opt.Exports.Days()
	if err != nil || len(days) == 0 {
		return api.NewProblem(api.ProblemNotKept, "%s is not among the days that are over and kept, of which there are none yet; a day can be exported when nothing of it changes any more", export.Date(day)).At("day")
	}
	return api.NewProblem(api.ProblemNotKept, "%s is not among the %d days that are over and kept, %s to %s; GET %s lists them", export.Date(day), len(days),
		export.Date(days[0].Day), export.Date(days[len(days)-1].Day), api.ExportPath).At("day")
}

// sendFile sends a file, or the parts of it that are asked for.
func (s *Server) sendFile(w http.ResponseWriter, r *http.Request, f *export.File, control *http.ResponseController) {
	h := w.Header()
	h.Set("Content-Type", f.Kind.Format.ContentType())
	h.Set("Content-Disposition", disposition("attachment", f.Kind.FileName()))
	h.Set("ETag", `"`+f.Hash+`"`)
	if !s.secured() { // else it is asked for again, token and all
		h.Set("Cache-Control", "private, max-age=3600") // of what does not change; a new program may write it otherwise
	}
	h.Set(headerAsOf, f.End().Format(time.RFC3339))
	h.Set(headerWindow, interval(api.Span{From: f.Start(), To: f.End()}))
	http.ServeContent(&fileWriter{ResponseWriter: w, server: s, r: r, control: control}, r, "", f.End(), f)
}

// filePatience is how long a part of a file may take to be sent. A whole one may take longer
// than other answers.
const filePatience = time.Minute

// fileWriter gives a file the time that it takes, and tells what is wrong with a request
// as all problems are told.
type fileWriter struct {
	http.ResponseWriter
	server  *Server
	r       *http.Request
	control *http.ResponseController
	failed  bool
}

func (f *fileWriter) WriteHeader(status int) {
	h := f.Header()
	var p *api.Problem
	switch status {
	case http.StatusRequestedRangeNotSatisfiable:
		p = api.NewProblem(api.ProblemRange, "Range is %.80q; the file has %s bytes", f.r.Header.Get("Range"),
			strings.TrimPrefix(h.Get("Content-Range"), "bytes */"))
	case http.StatusPreconditionFailed:
		p = api.NewProblem(api.ProblemChanged, "the file is not the one that If-Match or If-Unmodified-Since ask for; its ETag is %s", h.Get("ETag"))
	default:
		f.ResponseWriter.WriteHeader(status)
		return
	}
	f.failed = true
	for _, name := range []string{"Content-Disposition", "Content-Length", "ETag", "Last-Modified", "Accept-Ranges"} {
		h.Del(name)
	}
	h.Set("Cache-Control", "no-cache")
	f.server.fail(f.ResponseWriter, f.r, p)
}

func (f *fileWriter) Write(b []byte) (int, error) {
	if f.failed {
		return len(b), nil // what would have been said instead
	}
	f.server.patient(f.control)
	return f.ResponseWriter.Write(b)
}
