# What Windows PowerShell 5.1 and .NET Framework 4.6.2 have of what the module uses, by lists of their types and members:
# a folder that EXRUN_MEMBER_LISTS names. A line is a type, a member and what it is (a number of parameters, `property`,
# `field`), with tabs between them; or a type, a colon and the type that it is derived from.

BeforeDiscovery {
    $isMissing = -not $env:EXRUN_MEMBER_LISTS
}

Describe 'The lists of members' {
    It 'are there where they must be' {
        if ($env:EXRUN_REQUIRE_MEMBER_LISTS -eq '1') { $env:EXRUN_MEMBER_LISTS | Should -Not -BeNullOrEmpty }
    }
}

Describe 'On Windows PowerShell 5.1' -Skip:$isMissing {
    BeforeAll {
        Import-Module "$PSScriptRoot/TestHelper.psm1" -Force

        $elsewhere = @(
            # Get-RuntimeId calls them outside Windows alone.
            'System.Runtime.InteropServices.RuntimeInformation', 'System.AppContext'
            # Of System.Data, which the lists lack; .NET Framework has always had it.
            'System.Data.DataRow', 'System.Data.DataRowView'
        )

        $bases = @{}
        $members = @{}
        # Properties and fields of whatever type.
        $properties = [System.Collections.Generic.HashSet[string]]::new([System.StringComparer]::OrdinalIgnoreCase)
        # Methods of whatever type, with how many parameters they are called.
        $methods = [System.Collections.Generic.HashSet[string]]::new([System.StringComparer]::OrdinalIgnoreCase)
        foreach ($list in Get-ChildItem -LiteralPath $env:EXRUN_MEMBER_LISTS -Filter *-members.tsv.gz) {
            $reader = [System.IO.StreamReader]::new([System.IO.Compression.GZipStream]::new([System.IO.File]::OpenRead($list.FullName), [System.IO.Compression.CompressionMode]::Decompress))
            while ($null -ne ($line = $reader.ReadLine())) {
                $type, $member, $what = $line.Split("`t")
                if ($member -eq ':') { $bases[$type] = $what; continue }
                if (-not $members.ContainsKey($type)) { $members[$type] = @{} }
                $members[$type][$member] = @($members[$type][$member]) + $what
                [void] $methods.Add("$member/$what")
                if ($what -in 'property', 'field') { [void] $properties.Add($member) }
            }
            $reader.Dispose()
        }

        # The names of the types that a type's name consists of: those of arguments and elements too.
        function Split-TypeName {
            param($Name)
            if ($Name -is [System.Management.Automation.Language.ArrayTypeName]) { Split-TypeName $Name.ElementType; return }
            if ($Name -is [System.Management.Automation.Language.GenericTypeName]) {
                foreach ($argument in $Name.GenericArguments) { Split-TypeName $argument }
                $type = $Name.GetReflectionType()
                if ($type) { $type.GetGenericTypeDefinition().FullName } else { $Name.FullName }
                return
            }
            $type = $Name.GetReflectionType()
            if (-not $type) { $type = $Name.GetReflectionAttributeType() }
            if ($type) { $type.FullName } else { $Name.FullName }
        }

        # What a type, or one that it is derived from, has under a name.
        function Get-Known {
            param([string] $Type, [string] $Member)
            for ($at = $Type; $at; $at = $bases[$at]) {
                if ($members.ContainsKey($at) -and $members[$at].ContainsKey($Member)) { $members[$at][$Member] }
            }
        }

        # Whether a method takes any number of parameters after so many less one.
        function Test-OpenEnded {
            param([type] $Type, [string] $Member, [string[]] $Counts)
            $found = if ($Member -eq '.ctor') { $Type.GetConstructors() } else { $Type.GetMember($Member) }
            foreach ($method in $found) {
                if ($method -isnot [System.Reflection.MethodBase]) { continue }
                $parameters = @($method.GetParameters())
                if ("$($parameters.Count)" -in $Counts -and $parameters.Count -and $parameters[-1].IsDefined([System.ParamArrayAttribute], $false)) { return $true }
            }
            return $false
        }

        $kinds = [System.Management.Automation.Language.MemberExpressionAst], [System.Management.Automation.Language.TypeExpressionAst],
            [System.Management.Automation.Language.TypeConstraintAst], [System.Management.Automation.Language.AttributeAst]
        # Compiled: a script block for each of so many takes minutes.
        $every = [System.Linq.Expressions.Expression]::Lambda(
            [System.Func[System.Management.Automation.Language.Ast, bool]], [System.Linq.Expressions.Expression]::Constant($true),
            [System.Linq.Expressions.ParameterExpression[]] @([System.Linq.Expressions.Expression]::Parameter([System.Management.Automation.Language.Ast]))).Compile()
        # What the module itself calls the members of its tables and objects, and the library those of its JSON.
        $ownNames = [System.Collections.Generic.HashSet[string]]::new([System.StringComparer]::OrdinalIgnoreCase)
        $abi = [System.IO.File]::ReadAllText([System.IO.Path]::Combine($PSScriptRoot, '..', '..', 'docs', 'abi.md'))
        foreach ($name in [regex]::Matches($abi, '[`"](\w+)[`"]')) { [void] $ownNames.Add($name.Groups[1].Value) }

        # The reading of a property of an object, not of a type.
        function Test-Property {
            param([System.Management.Automation.Language.Ast] $Node)
            $Node.GetType().Name -eq 'MemberExpressionAst' -and -not $Node.Static -and $null -ne $Node.Member.PSObject.Properties['Value']
        }

        $nodes = foreach ($file in Get-ChildItem (Split-Path $ModulePath) -Recurse -Include *.ps1, *.psm1) {
            $tree = [System.Management.Automation.Language.Parser]::ParseFile($file.FullName, [ref] $null, [ref] $null)
            foreach ($node in $tree.FindAll($every, $true)) {
                if ($node -is [System.Management.Automation.Language.HashtableAst]) {
                    foreach ($pair in $node.KeyValuePairs) { [void] $ownNames.Add($pair.Item1.Extent.Text.Trim("'")) }
                }
                foreach ($kind in $kinds) {
                    if ($node -is $kind) { [pscustomobject] @{ File = $file.Name; Node = $node }; break }
                }
            }
        }
    }

    It 'there is a list of .NET Framework and one of the engine' {
        foreach ($type in 'System.String', 'System.Reflection.Emit.TypeBuilder', 'System.Management.Automation.PSCmdlet', 'System.Net.Http.HttpClient') {
            $bases.ContainsKey($type) | Should -BeTrue -Because $type
        }
        # What is newer is in none of them.
        Get-Known 'System.String' 'ReplaceLineEndings' | Should -BeNullOrEmpty
        Get-Known 'System.Management.Automation.ScriptBlock' 'ToString' | Should -Contain '0'
    }

    It 'there is each type that the module names' {
        $seen = [System.Collections.Generic.HashSet[string]]::new()
        $unknown = foreach ($found in $nodes) {
            if (-not $found.Node.PSObject.Properties['TypeName'] -or -not $seen.Add($found.Node.TypeName.FullName)) { continue }
            foreach ($name in Split-TypeName $found.Node.TypeName) {
                if (-not $bases.ContainsKey($name) -and $name -notin $elsewhere) { '{0}: {1}' -f $found.File, $name }
            }
        }
        @($unknown | Sort-Object -Unique) -join "`n" | Should -BeNullOrEmpty
    }

    It 'there is each static member, with as many parameters' {
        $unknown = foreach ($found in $nodes) {
            $node = $found.Node
            if ($node -isnot [System.Management.Automation.Language.MemberExpressionAst] -or -not $node.Static) { continue }
            if ($node.Expression -isnot [System.Management.Automation.Language.TypeExpressionAst] -or -not $node.Member.PSObject.Properties['Value']) { continue }
            # A new array, which PowerShell makes itself.
            if ($node.Expression.TypeName.IsArray -and $node.Member.Value -eq 'new') { continue }
            $type = @(Split-TypeName $node.Expression.TypeName)[-1]
            if ($type -in $elsewhere) { continue }
            $member = if ($node.Member.Value -eq 'new') { '.ctor' } else { $node.Member.Value }
            $known = @(Get-Known $type $member)
            $isCall = $node -is [System.Management.Automation.Language.InvokeMemberExpressionAst]
            $count = if ($isCall) { "$(@($node.Arguments).Where({ $null -ne $_ }).Count)" } else { $null }
            $is = if (-not $isCall) { $known.Count -gt 0 }
            # A structure has one without parameters that no list knows.
            elseif ($count -in $known -or ($member -eq '.ctor' -and $count -eq '0' -and $bases[$type] -eq 'System.ValueType')) { $true }
            else { $known.Count -gt 0 -and (Test-OpenEnded $node.Expression.TypeName.GetReflectionType() $member $known) }
            if (-not $is) { '{0}: {1}' -f $found.File, $node.Extent.Text }
        }
        @($unknown | Sort-Object -Unique) -join "`n" | Should -BeNullOrEmpty
    }

    It 'there is each method of an object, of some type, with as many parameters' {
        # Of objects that PowerShell itself adapts, and the functions of the library.
        $own = 'exrun_*', 'setenv', 'Invoke', 'Where', 'ForEach'
        $unknown = foreach ($found in $nodes) {
            $node = $found.Node
            if ($node -isnot [System.Management.Automation.Language.InvokeMemberExpressionAst] -or -not $node.Member.PSObject.Properties['Value']) { continue }
            if ($node.Expression -is [System.Management.Automation.Language.TypeExpressionAst]) { continue }
            $member = $node.Member.Value
            if (@($own | Where-Object { $member -like $_ })) { continue }
            $count = @($node.Arguments).Where({ $null -ne $_ }).Count
            $isOpenEnded = { Test-OpenEnded ([string]) $member @(Get-Known 'System.String' $member) }
            if (-not $methods.Contains("$member/$count") -and -not (& $isOpenEnded)) { '{0}: {1}' -f $found.File, $node.Extent.Text }
        }
        @($unknown | Sort-Object -Unique) -join "`n" | Should -BeNullOrEmpty
    }

    It 'there is each property of an object, of some type, or it is a name of the module''s own' {
        # By PowerShell itself; in the answer of a token endpoint; in a manifest and its key.
        $others = 'PSObject', 'PSTypeNames', 'expires_on', 'appId', 'keyCredential', 'customKeyIdentifier'
        $seen = @($nodes | Where-Object { Test-Property $_.Node })
        $seen.Count | Should -BeGreaterThan 500
        $unknown = foreach ($found in $seen) {
            $name = $found.Node.Member.Value
            if (-not $properties.Contains($name) -and -not $ownNames.Contains($name) -and $name -notin $others) { '{0}: {1}' -f $found.File, $found.Node.Extent.Text }
        }
        @($unknown | Sort-Object -Unique) -join "`n" | Should -BeNullOrEmpty
        # What is newer is in neither.
        foreach ($newer in 'ProcessPath', 'IsCollectible', 'UnixFileMode', 'LinkTarget') {
            $properties.Contains($newer) -or $ownNames.Contains($newer) | Should -BeFalse -Because $newer
        }
    }
}
