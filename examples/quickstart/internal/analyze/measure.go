package analyze

import (
	"go/ast"
	"go/token"
)

// measure lists the functions that file declares, in their order.
func measure(fset *token.FileSet, file *ast.File) []Function {
	var functions []Function
	for _, decl := range file.Decls {
		if fn, ok := decl.(*ast.FuncDecl); ok {
			functions = append(functions, measureFunction(fset, fn))
		}
	}
	return functions
}

func measureFunction(fset *token.FileSet, fn *ast.FuncDecl) Function {
	first := physicalLine(fset, fn.Pos())
	// End is one past the last character, which is never a newline, so it
	// is on the same line.
	last := physicalLine(fset, fn.End())
	return Function{
		Name:       fn.Name.Name,
		Line:       first,
		Lines:      last - first + 1,
		Complexity: complexity(fn.Body),
	}
}

// physicalLine is the line of pos in the file as it lies on the disk.
func physicalLine(fset *token.FileSet, pos token.Pos) int {
	const followLineDirectives = false
	return fset.PositionFor(pos, followLineDirectives).Line
}

// complexity is 1 and the number of branches in body; a nil body has none.
func complexity(body *ast.BlockStmt) int {
	branches := 0
	if body == nil {
		return 1
	}
	ast.Inspect(body, func(n ast.Node) bool {
		if isBranch(n) {
			branches++
		}
		return true
	})
	return 1 + branches
}

// isBranch reports whether n is one of the forms that complexity counts.
func isBranch(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.IfStmt, *ast.ForStmt, *ast.RangeStmt:
		return true
	case *ast.CaseClause:
		return n.List != nil // nil is the default case
	case *ast.CommClause:
		return n.Comm != nil // nil is the default case
	case *ast.BinaryExpr:
		return n.Op == token.LAND || n.Op == token.LOR
	default:
		return false
	}
}
