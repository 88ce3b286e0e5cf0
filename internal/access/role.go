package access

import "fmt"

// Role is what a token is good for. Each includes those before it.
type Role uint8

// The roles.
const (
	None  Role = iota // nothing: whether the server lives
	Read              // everything that is asked with GET
	Write             // sending records in, and changing what is watched
	Admin             // what tells about the process itself
)

var roleNames = [...]string{"none", "read", "write", "admin"}

// String returns the name, as in a file.
func (r Role) String() string {
	if int(r) < len(roleNames) {
		return roleNames[r]
	}
	return "none"
}

// ParseRole returns the role of that name. None is no role to give.
func ParseRole(s string) (Role, error) {
	for r := Read; r <= Admin; r++ {
		if s == roleNames[r] {
			return r, nil
		}
	}
	return None, fmt.Errorf("%w: role %.40q; use read, write or admin", ErrInvalid, s)
}

// Allows reports whether who has role r may do what needs role needed.
func (r Role) Allows(needed Role) bool { return r >= needed }
