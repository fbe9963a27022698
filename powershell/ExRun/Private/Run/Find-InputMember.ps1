# Members that every value has, or that say which members there are.
$script:IntrinsicMembers = 'Count', 'Length', 'PSTypeNames', 'PSBase', 'PSAdapted', 'PSExtended'

function Find-InputMember {
    <#
    .SYNOPSIS
        The members of the input object that a script block reads: 'Zone' for $_.Zone, "$($PSItem.Zone)" and
        $_['Zone'], 'manager.mail' for $_.manager.mail.
    .DESCRIPTION
        Found in its syntax, since whether a name that does not exist is an error is for whoever wrote the block to
        say. What $_ means something else in is left out: blocks within the block, catch, trap and switch. A block that
        looks which members there are (PSObject, Keys, Contains) knows what it does: none is found in it.
    #>
    [CmdletBinding()]
    [OutputType([string[]])]
    param([Parameter(Mandatory = $true)] [scriptblock] $Block)

    $language = 'System.Management.Automation.Language'
    $readers = $Block.Ast.FindAll({
            param($node)
            $node -is [System.Management.Automation.Language.MemberExpressionAst] -or $node -is [System.Management.Automation.Language.IndexExpressionAst]
        }, $false)
    $found = [System.Collections.Generic.List[string]]::new()
    foreach ($reader in $readers) {
        $names = [System.Collections.Generic.List[string]]::new()
        $node = $reader
        # From the outermost name to the variable.
        while ($null -ne $node) {
            $kind = $node.GetType().FullName
            if ($kind -eq "$language.ParenExpressionAst" -and $node.Pipeline.GetType().FullName -eq "$language.PipelineAst" -and
                $node.Pipeline.PipelineElements.Count -eq 1 -and $node.Pipeline.PipelineElements[0].GetType().FullName -eq "$language.CommandExpressionAst") {
                $node = $node.Pipeline.PipelineElements[0].Expression
                continue
            }
            $member = $null
            if ($kind -eq "$language.MemberExpressionAst" -or $kind -eq "$language.InvokeMemberExpressionAst") {
                if ($node.Static) { break }
                $member = $node.Member
            } elseif ($kind -eq "$language.IndexExpressionAst") {
                $member = $node.Index
            } else {
                break
            }
            # A name that is made while the block runs, or a number, says nothing here: what stands before it may.
            if ($member.GetType().FullName -ne "$language.StringConstantExpressionAst") {
                $names.Clear()
            } elseif ($kind -eq "$language.InvokeMemberExpressionAst") {
                $names.Clear()
                $names.Add($member.Value + '()')
            } else {
                $names.Insert(0, $member.Value)
            }
            $node = if ($kind -eq "$language.IndexExpressionAst") { $node.Target } else { $node.Expression }
        }
        if ($null -eq $node -or $node.GetType().FullName -ne "$language.VariableExpressionAst" -or $node.VariablePath.UserPath -notin '_', 'PSItem') { continue }
        for ($around = $reader.Parent; $null -ne $around; $around = $around.Parent) {
            if ($around.GetType().Name -in 'CatchClauseAst', 'TrapStatementAst', 'SwitchStatementAst') { break }
        }
        if ($null -ne $around -or $names.Count -eq 0) { continue }
        if ($names[0] -in 'PSObject', 'Keys', 'Contains()', 'ContainsKey()', 'GetEnumerator()') { return }
        if ($names[0].EndsWith(')')) { continue }
        # $_.manager.mail.Trim(): what is called is no member to look for.
        $path = @($names | Microsoft.PowerShell.Core\Where-Object { -not $_.EndsWith(')') }) -join "`n"
        if (-not $found.Contains($path)) { $found.Add($path) }
    }
    return $found.ToArray()
}
