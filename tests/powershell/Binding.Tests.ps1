# Every call of one of the module's own functions, bound as the engine would bind it, without running it: a parameter
# that does not exist is found in a catch that no test reaches, too.

BeforeDiscovery {
    $root = [System.IO.Path]::GetFullPath([System.IO.Path]::Combine($PSScriptRoot, '..', '..', 'powershell', 'ExRun'))
    $files = @(Get-ChildItem -LiteralPath (Join-Path $root 'Private'), (Join-Path $root 'Public') -Filter *.ps1 -Recurse | ForEach-Object { @{ File = $_.FullName; Name = $_.Name } })
}

BeforeAll {
    Import-Module "$PSScriptRoot/TestHelper.psm1" -Force
    Import-ExRun
    $module = Get-Module ExRun

    # What is wrong with the calls in a text, as lines "<call>: <what>".
    function Find-BadCall {
        param([string] $Text)
        & $module {
            param($Text)
            $ast = [System.Management.Automation.Language.Parser]::ParseInput($Text, [ref] $null, [ref] $null)
            $isCall = { param($Node) $Node -is [System.Management.Automation.Language.CommandAst] }
            foreach ($call in $ast.FindAll($isCall, $true)) {
                $name = $call.GetCommandName()
                $command = $(if ($name) { Get-Command -Name $name -ErrorAction Ignore })
                if ($null -eq $command -or $command.ModuleName -ne 'ExRun' -or $command.CommandType -ne 'Function') { continue }
                $bound = [System.Management.Automation.Language.StaticParameterBinder]::BindCommand($call, $true)
                foreach ($fault in $bound.BindingExceptions.GetEnumerator()) { '{0}: {1}' -f $call.Extent.Text, $fault.Value.BindingException.Message }
                foreach ($element in $call.CommandElements) {
                    if ($element -isnot [System.Management.Automation.Language.VariableExpressionAst] -or -not $element.Splatted) { continue }
                    # The keys of the hashtable that the variable was given.
                    $scope = $element
                    while ($null -ne $scope.Parent -and $scope -isnot [System.Management.Automation.Language.FunctionDefinitionAst]) { $scope = $scope.Parent }
                    $splat = $element.VariablePath.UserPath
                    $isGiven = {
                        param($Node)
                        $Node -is [System.Management.Automation.Language.AssignmentStatementAst] -and $Node.Left.Extent.Text -eq "`$$splat" -and
                        $Node.Right -is [System.Management.Automation.Language.CommandExpressionAst] -and $Node.Right.Expression -is [System.Management.Automation.Language.HashtableAst]
                    }
                    foreach ($given in $scope.FindAll($isGiven, $true)) {
                        foreach ($pair in $given.Right.Expression.KeyValuePairs) {
                            $key = $pair.Item1.Extent.Text.Trim('"', "'")
                            if (-not $command.Parameters.ContainsKey($key)) { '{0}: no parameter {1}, which @{2} gives' -f $call.Extent.Text, $key, $splat }
                        }
                    }
                }
            }
        } $Text
    }
}

Describe 'A call within the module' {
    It 'binds: <Name>' -ForEach $files {
        @(Find-BadCall ([System.IO.File]::ReadAllText($File))) | Should -BeNullOrEmpty
    }

    It 'is found where it does not bind' {
        @(Find-BadCall 'try { } catch { Get-NativePath -Exception $_.Exception }').Count | Should -Be 1
        @(Find-BadCall 'function x { $a = @{ Nowhere = 1 }; Get-PastedText @a }').Count | Should -Be 1
        @(Find-BadCall 'Get-PastedText -Text x -Path; Get-ChildItem -Nowhere').Count | Should -Be 0
    }
}
