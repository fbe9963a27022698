BeforeAll {
    Import-Module "$PSScriptRoot/TestHelper.psm1" -Force
    Import-ExRun
    $module = Get-Module ExRun
    $manifest = Import-PowerShellDataFile $ModulePath
    # What scripts know a command by beside its own name.
    $names = Import-PowerShellDataFile ([System.IO.Path]::Combine((Split-Path (Split-Path $ModulePath)), 'shared', 'names.psd1'))
    $publicFiles = Get-ChildItem (Join-Path (Split-Path $ModulePath) 'Public') -Filter *.ps1
}

Describe 'The manifest' {
    It 'exports one function a file in Public, and those with a second name under that too' {
        $expected = $publicFiles.BaseName + $names.Functions.Keys | Sort-Object
        $manifest.FunctionsToExport | Sort-Object | Should -Be $expected
        $module.ExportedFunctions.Keys | Sort-Object | Should -Be $expected
    }

    It 'tells the parameters of a second name, and runs under it' {
        # A dictionary, whose order PowerShell does not promise: the common parameters stand now here, now there.
        $parameters = foreach ($name in 'Get-EXRMailboxSettingsReport', 'Get-MailboxSettingsReport') {
            ((Get-Command $name).Parameters.Keys | Sort-Object) -join ','
        }
        $parameters[0] | Should -Be $parameters[1]
        $parameters[0] | Should -Match '\bMailboxes\b.*\bpassword\b'
        (Get-Command Get-EXRMailboxSettingsReport).Parameters['Mailboxes'].ParameterSets['Mailboxes'].Position | Should -Be 0
        { Invoke-EXRDecodeToken 'x.y' } | Should -Throw -ErrorId '*,Invoke-EXRDecodeToken'
    }

    It 'exports the aliases and nothing else' {
        $module.ExportedAliases.Keys | Sort-Object | Should -Be ($manifest.AliasesToExport | Sort-Object)
        $module.ExportedAliases.Keys | Sort-Object | Should -Be ($names.Aliases.Keys | Sort-Object)
        foreach ($name in $names.Aliases.Keys) { $module.ExportedAliases[$name].ResolvedCommand.Name | Should -Be $names.Aliases[$name] }
        $module.ExportedVariables.Count | Should -Be 0
        $module.ExportedCmdlets.Count | Should -Be 0
    }

    It 'holds one function a file, of the file''s name' {
        foreach ($folder in 'Public', 'Private') {
            foreach ($file in Get-ChildItem (Join-Path (Split-Path $ModulePath) $folder) -Filter *.ps1 -Recurse) {
                $errors = $null
                $tree = [System.Management.Automation.Language.Parser]::ParseFile($file.FullName, [ref] $null, [ref] $errors)
                $errors | Should -BeNullOrEmpty -Because $file.Name
                $functions = $tree.FindAll({ param($node) $node -is [System.Management.Automation.Language.FunctionDefinitionAst] }, $false)
                # All that emits code stands in Native.ps1 together.
                if ($file.BaseName -ne 'Native') { $functions.Name | Should -Be $file.BaseName }
            }
        }
    }

    It 'has commands that load what they are made of before they do anything else' {
        foreach ($file in $publicFiles) {
            $tree = [System.Management.Automation.Language.Parser]::ParseFile($file.FullName, [ref] $null, [ref] $null)
            $body = $tree.EndBlock.Statements[0].Body
            $first = @($body.BeginBlock, $body.ProcessBlock, $body.EndBlock | Where-Object { $null -ne $_ })[0]
            $first.Statements[0].Extent.Text | Should -BeIn 'Enter-Command -Cmdlet $PSCmdlet', 'Import-PrivateFunction' -Because $file.Name
        }
    }

    It 'has commands that name types as they are found at once: any other way PowerShell looks through every assembly, while it imports' {
        $known = [System.Collections.Generic.HashSet[string]]::new([string[]] [psobject].Assembly.GetType('System.Management.Automation.TypeAccelerators')::Get.Keys, [System.StringComparer]::OrdinalIgnoreCase)
        $importFiles = @($publicFiles) + @('Import-PrivateFunction', 'Enter-Command', 'Clear-AbandonedRun' | ForEach-Object { Get-ChildItem (Split-Path $ModulePath) -Recurse -Filter "$_.ps1" })
        $names = foreach ($file in $importFiles) {
            $tree = [System.Management.Automation.Language.Parser]::ParseFile($file.FullName, [ref] $null, [ref] $null)
            $types = $tree.FindAll({ param($node) $node -is [System.Management.Automation.Language.TypeExpressionAst] -or $node -is [System.Management.Automation.Language.TypeConstraintAst] }, $true)
            foreach ($type in $types) { [regex]::Matches($type.TypeName.FullName, '[\w.`]+').Value }
        }
        $names.Count | Should -BeGreaterThan 500
        $sought = @($names | Sort-Object -Unique | Where-Object { -not $known.Contains($_) -and -not ($_ -as [type] -and ($_ -as [type]).FullName -ceq $_) })
        $sought | Should -BeNullOrEmpty
    }

    It 'declares native functions in one file only, and emits code there and for what reads rows' {
        $with = { param($Pattern)
            Get-ChildItem (Split-Path $ModulePath) -Recurse -Filter *.ps1 |
                Where-Object { [System.IO.File]::ReadAllText($_.FullName) -match $Pattern } | Sort-Object -Property Name
        }
        (& $with 'DefinePInvokeMethod|DllImport|Add-Type').Name | Should -Be 'Native.ps1'
        (& $with 'Reflection\.Emit').Name | Should -Be 'Native.ps1', 'New-RowReader.ps1'
    }

    It 'has commands with approved verbs only' {
        $approved = (Get-Verb).Verb
        foreach ($name in $module.ExportedFunctions.Keys) { $approved | Should -Contain ($name -split '-')[0] }
    }
}

Describe 'Import' {
    It 'writes nothing on any stream' {
        $result = Invoke-Script "`$VerbosePreference = 'SilentlyContinue'; Import-Module '$ModulePath' *>&1 | ForEach-Object { 'WROTE ' + `$_ }; 'done'"
        $result.Text | Should -Be 'done'
    }

    It 'needs no library' {
        $result = Invoke-Script "`$env:EXRUN_LIBRARY = '/nowhere/libexrun.so'; Import-Module '$ModulePath'; (Get-AppSettings).ResourceURL"
        $result.Text | Should -Be 'outlook.office.com'
    }

    It 'can be repeated, and keeps the connections' {
        $app = Initialize-TestApp
        Connect-ExRun -TenantId $app.TenantId -ClientId $app.ClientId -CertificatePath $app.PfxFile -Password $app.Password -Name kept
        Import-ExRun
        (Get-ExRunContext -Name kept).ClientId | Should -Be $app.ClientId
        Disconnect-ExRun -Name kept
    }

    It 'refuses Constrained Language Mode in words' {
        $result = Invoke-Script "`$ExecutionContext.SessionState.LanguageMode = 'ConstrainedLanguage'; try { Import-Module '$ModulePath' } catch { `"`$_`" }"
        $result.Text | Should -Match 'ConstrainedLanguage'
    }
}
