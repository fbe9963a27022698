# The command lines of the documents about jobs, for Jobs.Tests.ps1, which lists them, and JobLine.ps1, which runs them.

Import-Module "$PSScriptRoot/TestHelper.psm1"

$Root = [System.IO.Path]::GetFullPath([System.IO.Path]::Combine($PSScriptRoot, '..', '..'))
$Help = Join-Path (Split-Path $ModulePath) 'en-US'
# The columns of tables whose code is run: lines, states for Set-ExRunMailboxState, and what takes them back.
$Columns = 'one line', 'state', 'undo'
# Lines that cannot run here, by what they have in them.
$Left = [ordered] @{
    '-EnableExit' = 'ends the session, or another one that has no connection, with its exit code: State.Tests.ps1 tries it'
}

# A document's lines, each with the heading that it stands below: what stands between fences has their language in Fence.
function Get-DocumentLine {
    param([string] $Path)
    $heading = ''
    $fence = $null
    foreach ($line in [System.IO.File]::ReadAllLines($Path)) {
        if ($line -match '^```(\w*)') {
            $fence = if ($null -eq $fence) { $Matches[1] } else { $null }
            @{ Text = $null; Heading = $heading; Fence = $null }
            continue
        }
        if ($null -eq $fence -and $line -match '^#+ (.+)') { $heading = $Matches[1] }
        @{ Text = $line; Heading = $heading; Fence = $fence }
    }
}

function Get-Cell {
    param([string] $Row)
    $inner = $Row.Trim() -replace '^\||\|$'
    @([regex]::Split($inner, '(?<!\\)\|') | ForEach-Object { $_.Trim().Replace('\|', '|') })
}

function Get-Code {
    param([string] $Text)
    @([regex]::Matches($Text, '`([^`]+)`') | ForEach-Object { $_.Groups[1].Value })
}

# The jobs of a document in Markdown: rows of tables with those columns, and blocks of PowerShell. A block below a paragraph
# "Undo:" takes back what the block before it has done.
function Get-MarkdownJob {
    param([string] $Path)
    $name = Split-Path $Path -Leaf
    $columns = $null
    $undo = @()
    $said = ''
    $block = $null
    $jobs = [System.Collections.Generic.List[hashtable]]::new()
    foreach ($line in Get-DocumentLine $Path) {
        if ($line.Fence -eq 'powershell') {
            $block = @(@($block) + $line.Text | Where-Object { $null -ne $_ })
            continue
        }
        if ($block) {
            $code = $block -join "`n"
            if ($said -eq 'Undo:') { $jobs[$jobs.Count - 1].Undo = $code }
            else { $jobs.Add(@{ Document = $name; Heading = $line.Heading; Job = $block[0]; Code = $code; Undo = ''; IsState = $false }) }
            $block = $null
        }
        if ($line.Fence -or [string]::IsNullOrWhiteSpace($line.Text)) { continue }
        if ($line.Text -notmatch '^\|') {
            $said = $line.Text.Trim()
            $columns = $null
            continue
        }
        $cells = Get-Cell $line.Text
        if (-not $columns) {
            $columns = $cells
            $undo = @()
            continue
        }
        if ($cells[0] -match '^-+$') { continue }
        $row = @{}
        for ($number = 0; $number -lt $columns.Count; $number++) { $row[$columns[$number]] = $cells[$number] }
        if ($row.ContainsKey('undo') -and $row['undo'] -notmatch '^the same\b') { $undo = Get-Code $row['undo'] }
        foreach ($column in 'one line', 'state') {
            if ($row.ContainsKey($column)) {
                $jobs.Add(@{ Document = $name; Heading = $line.Heading; Job = $cells[0]; Code = (Get-Code $row[$column]) -join "`n"; Undo = $undo -join "`n"; IsState = $column -eq 'state' })
            }
        }
    }
    $jobs
}

# The jobs of a help topic: what is indented by eight or more is code.
function Get-TopicJob {
    param([string] $Path)
    $heading = $said = ''
    $block = $null
    $jobs = [System.Collections.Generic.List[hashtable]]::new()
    foreach ($text in @([System.IO.File]::ReadAllLines($Path)) + '') {
        if ($text -match '^ {8}') {
            $block = @(@($block) + $text.Substring(8) | Where-Object { $null -ne $_ })
            continue
        }
        if ($block) {
            $code = $block -join "`n"
            if ($said -eq 'Undo:') { $jobs[$jobs.Count - 1].Undo = $code }
            else { $jobs.Add(@{ Document = Split-Path $Path -Leaf; Heading = $heading; Job = $said; Code = $code; Undo = ''; IsState = $false }) }
            $block = $null
        }
        if ($text -match '^ {2}\S') { $heading = $text.Trim() }
        if ($text.Trim()) { $said = $text.Trim() }
    }
    $jobs
}

# Without line ends that a backtick takes away, and blanks beside each other.
function Get-Plain {
    param([string] $Code)
    ($Code -replace '`\r?\n', ' ' -replace '[ \t]+', ' ').Trim()
}

# Every job of all documents, each code once, with why it cannot run here, which is nothing for most.
function Get-JobLine {
    $found = @(
        'jobs.md', 'state.md', 'plans.md' | ForEach-Object { Get-MarkdownJob ([System.IO.Path]::Combine($Root, 'docs', $_)) }
        Get-TopicJob (Join-Path $Help 'about_ExRun_Jobs.help.txt')
    )
    $seen = @{}
    $number = 0
    foreach ($job in $found) {
        $key = (Get-Plain $job.Code) + "`n" + (Get-Plain $job.Undo)
        if ($seen.ContainsKey($key)) { continue }
        $seen[$key] = $true
        $number++
        $job['Number'] = $number
        $job['Why'] = @($Left.Keys | Where-Object { $job.Code.Contains($_) } | ForEach-Object { $Left[$_] })
        $job
    }
}

# The state that stands as JSON in docs/state.md.
function Get-WrittenState {
    $lines = Get-DocumentLine ([System.IO.Path]::Combine($Root, 'docs', 'state.md')) | Where-Object { $_.Fence -eq 'json' } | ForEach-Object { $_.Text }
    $lines -join "`n"
}

# Code that stands in a document and names a command or a parameter of ours: its place, and the code. With Column only that of
# the columns of tables with this name.
function Get-NamedCode {
    param([string] $Path, [string] $Column)
    $columns = $null
    foreach ($line in Get-DocumentLine $Path) {
        if ($line.Fence -or $null -eq $line.Text) { continue }
        if ($line.Text -notmatch '^\|') {
            $columns = $null
            if (-not $Column) { Get-Code $line.Text }
            continue
        }
        $cells = Get-Cell $line.Text
        if (-not $columns) { $columns = $cells }
        for ($number = 0; $number -lt $cells.Count; $number++) {
            if (-not $Column -or $columns[$number] -eq $Column) { Get-Code $cells[$number] }
        }
    }
}

# The parameters of each command of the module, with their other names.
$Parameters = @{}
function Get-ParameterName {
    param([string] $Command)
    if (-not $Parameters.Count) {
        $module = Get-Module ExRun
        foreach ($function in $module.ExportedFunctions.Values) { $Parameters[$function.Name] = @($function.Parameters.Values | ForEach-Object { $_.Name; $_.Aliases }) }
        foreach ($alias in $module.ExportedAliases.Values) { $Parameters[$alias.Name] = $Parameters[$alias.ResolvedCommand.Name] }
    }
    $Parameters[$Command]
}

# What of a text is no command of the module, or no parameter of the command before it. Commands of other modules are named by
# Foreign.
function Get-UnknownName {
    param([string] $Text, [string] $Foreign = '^$')
    # What stands in quotes is somebody's value.
    $plain = $Text -replace "'[^']*'", "''" -replace '"[^"]*"', '""'
    $command = $null
    foreach ($match in [regex]::Matches($plain, '(?<![\w/.#-])(?:(?<command>[A-Z][a-z]+-[A-Za-z]\w+)|(?<parameter>-[A-Z]\w+))(?![\w-])')) {
        $name = $match.Value
        if ($match.Groups['command'].Success) {
            $command = $name
            $known = @(Get-ParameterName $name)
            if (-not $known -and $name -notmatch $Foreign) { $name }
        } elseif ($command -and $known -and $known -notcontains $name.Substring(1)) { "$command $name" }
    }
}

Export-ModuleMember -Function Get-JobLine, Get-WrittenState, Get-NamedCode, Get-UnknownName, Get-Plain
