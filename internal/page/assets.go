package page

import (
	"crypto/sha256"
	"embed"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"github.com/swell-radar/swell/internal/api"
)

//go:embed assets
var assetFiles embed.FS

// assets are the style sheet, the scripts and the sign of the page. Their address has their hash in it, so that a browser
// keeps them until they change.
type assets struct {
	version string
	files   map[string][]byte
}

// loadAssets reads assets/. The style sheets are one file, swell.css, in the order of their names.
func loadAssets() (*assets, error) {
	a := &assets{files: map[string][]byte{}}
	sum := sha256.New()
	err := fs.WalkDir(assetFiles, "assets", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := assetFiles.ReadFile(name)
		if err != nil {
			return err
		}
		fmt.Fprintf(sum, "%s %d\n%s", name, len(data), data)
		file := path.Base(name)
		if strings.HasSuffix(file, ".css") {
			file = "swell.css"
		}
		a.files[file] = append(a.files[file], data...)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("page: %w", err)
	}
	a.version = fmt.Sprintf("%x", sum.Sum(nil)[:8])
	return a, nil
}

// path is where the files are.
func (a *assets) path() string { return "/assets/" + a.version }

// asset answers GET /assets/{version}/{file}.
func (p *Page) asset(r *http.Request) *Answer {
	data, ok := p.assets.files[r.PathValue("file")]
	if !ok || r.PathValue("version") != p.assets.version {
		return failed(api.NewProblem(api.ProblemNoSuchPath, "there is no such file; load the page anew"))
	}
	return &Answer{Type: mediaTypes[path.Ext(r.PathValue("file"))], Body: data, Forever: true}
}

// mediaTypes are those of the assets, which the system may know otherwise.
var mediaTypes = map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
