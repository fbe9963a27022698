# What scripts may not use if Windows PowerShell 5.1 is to run them as PowerShell 7 does. There is none that runs here: PowerShell
# 7 reads the scripts, and what came after 5.1 is looked for in what it read.

# Commands that came after 5.1.
$NewCommands = 'ConvertFrom-Markdown', 'ConvertTo-CliXml', 'ConvertFrom-CliXml', 'Get-Error', 'Get-ExperimentalFeature', 'Get-SecureRandom', 'Get-Uptime',
    'Join-String', 'Remove-Alias', 'Remove-Service', 'Show-Markdown', 'Start-ThreadJob', 'Switch-Process', 'Test-Json'

# Parameters of commands that came after 5.1.
$NewParameters = @{
    'ConvertFrom-Json'         = 'AsHashtable', 'DateKind', 'Depth', 'NoEnumerate'
    'ConvertFrom-SecureString' = , 'AsPlainText'
    'ConvertTo-Csv'            = 'IncludeTypeInformation', 'NoHeader', 'QuoteFields', 'UseQuotes'
    'ConvertTo-Json'           = 'AsArray', 'EnumsAsStrings', 'EscapeHandling'
    'Export-Csv'               = 'IncludeTypeInformation', 'NoHeader', 'QuoteFields', 'UseQuotes'
    'ForEach-Object'           = 'AsJob', 'Parallel', 'ThrottleLimit', 'TimeoutSeconds', 'UseNewRunspace'
    'Get-Content'              = , 'AsByteStream'
    'Set-Content'              = , 'AsByteStream'
    'Get-Date'                 = 'AsUTC', 'UnixTimeSeconds'
    'Get-Random'               = , 'Shuffle'
    'Group-Object'             = , 'NoElementInformation'
    'Join-Path'                = 'AdditionalChildPath', 'Extension'
    'Measure-Object'           = 'AllStats', 'StandardDeviation'
    'Invoke-RestMethod'        = 'AllowUnencryptedAuthentication', 'Authentication', 'CustomMethod', 'FollowRelLink', 'Form', 'HttpVersion', 'MaximumRetryCount', 'NoProxy', 'PreserveAuthorizationOnRedirect', 'ResponseHeadersVariable', 'Resume', 'SkipCertificateCheck', 'SkipHeaderValidation', 'SkipHttpErrorCheck', 'SslProtocol', 'StatusCodeVariable', 'Token'
    'Invoke-WebRequest'        = 'AllowUnencryptedAuthentication', 'Authentication', 'CustomMethod', 'Form', 'HttpVersion', 'MaximumRetryCount', 'NoProxy', 'PreserveAuthorizationOnRedirect', 'Resume', 'SkipCertificateCheck', 'SkipHeaderValidation', 'SkipHttpErrorCheck', 'SslProtocol', 'Token'
    'Select-String'            = 'Culture', 'NoEmphasis', 'Raw'
    'Sort-Object'              = 'Bottom', 'Stable', 'Top'
    'Split-Path'               = 'Extension', 'LeafBase'
    'Start-Process'            = , 'Environment'
    'Where-Object'             = , 'Not'
}

# Variables that 5.1 does not have.
$NewVariables = 'IsCoreCLR', 'IsLinux', 'IsMacOS', 'IsWindows', 'PSStyle', 'EnabledExperimentalFeatures', 'PSNativeCommandUseErrorActionPreference', 'PSNativeCommandArgumentPassing'

# Commands that take text to a file or from one: what they take it for where nobody says it, 5.1 knows otherwise.
$TextCommands = 'Add-Content', 'Export-Csv', 'Get-Content', 'Import-Csv', 'Out-File', 'Set-Content', 'Tee-Object'

# Encodings that 5.1 has no name for. What its `utf8` writes begins with a byte order mark.
$NewEncodings = 'ansi', 'utf8BOM', 'utf8NoBOM'

$short = @{ '?' = 'Where-Object'; '%' = 'ForEach-Object'; irm = 'Invoke-RestMethod'; iwr = 'Invoke-WebRequest'; ipcsv = 'Import-Csv'; epcsv = 'Export-Csv'; gc = 'Get-Content'; sort = 'Sort-Object'; select = 'Select-Object'; group = 'Group-Object'; measure = 'Measure-Object' }

# Every node of a tree. Compiled: a script block for each of so many takes minutes.
$every = [System.Linq.Expressions.Expression]::Lambda(
    [System.Func[System.Management.Automation.Language.Ast, bool]], [System.Linq.Expressions.Expression]::Constant($true),
    [System.Linq.Expressions.ParameterExpression[]] @([System.Linq.Expressions.Expression]::Parameter([System.Management.Automation.Language.Ast]))).Compile()

# What a command is given: its name, its parameters with what stands behind them, and how many arguments have no name.
function Get-Call {
    param([System.Management.Automation.Language.CommandAst] $Command)
    $name = $Command.GetCommandName()
    if (-not $name) { return }
    $name = $name.Split('\')[-1]
    if ($short[$name]) { $name = $short[$name] }
    $call = @{ Name = $name; Parameters = @{}; Positional = 0 }
    $last = $null
    foreach ($element in @($Command.CommandElements | Select-Object -Skip 1)) {
        if ($element -is [System.Management.Automation.Language.CommandParameterAst]) {
            $last = $element.ParameterName
            $call.Parameters[$last] = "$($element.Argument)"
        } elseif ($last) {
            $call.Parameters[$last] = "$element"
            $last = $null
        } else {
            $call.Positional++
        }
    }
    return $call
}

# What of a call 5.1 lacks.
function Get-NewInCall {
    param([hashtable] $Call)
    if ($Call.Name -in $NewCommands) { "the command $($Call.Name)" }
    foreach ($parameter in $Call.Parameters.Keys) {
        if ($NewParameters[$Call.Name] -and $parameter -in $NewParameters[$Call.Name]) { "$($Call.Name) -$parameter" }
        if ($parameter -eq 'Encoding' -and $Call.Name -in $TextCommands -and $Call.Parameters[$parameter].Trim("'`"") -in $NewEncodings) { "the encoding $($Call.Parameters[$parameter])" }
    }
    if ($Call.Name -eq 'Join-Path' -and $Call.Positional + $Call.Parameters.ContainsKey('Path') + $Call.Parameters.ContainsKey('ChildPath') -gt 2) { 'Join-Path with three parts' }
}

# What 5.1 lacks of what one node is.
function Get-NewInNode {
    param([System.Management.Automation.Language.Ast] $Node)
    switch ($Node.GetType().Name) {
        'TernaryExpressionAst' { 'a ternary operator' }
        'PipelineChainAst' { "the operator $($Node.Operator)" }
        'PipelineAst' { if ($Node.Background) { 'a pipeline in the background' } }
        'BinaryExpressionAst' {
            if ("$($Node.Operator)" -eq 'QuestionQuestion') { 'the operator ??' }
            if ("$($Node.Operator)" -eq 'DotDot' -and $Node.Left.Extent.Text -match '^[''"]\D[''"]$') { 'a range of letters' }
            if ("$($Node.Operator)" -match 'replace$' -and $Node.Right.Extent.Text -match ',\s*\{') { 'a script block that replaces' }
        }
        'AssignmentStatementAst' { if ("$($Node.Operator)" -eq 'QuestionQuestionEquals') { 'the operator ??=' } }
        'VariableExpressionAst' { if ($Node.VariablePath.UserPath -in $NewVariables) { "the variable $Node" } }
        'ConstantExpressionAst' { if ($Node.Extent.Text -match '^(0b[01]+|(0x[0-9a-f]+|[\d.]+)(u|y|s|n|us|uy|ul))([kmgtp]b)?$') { "the number $Node" } }
        { $_ -in 'StringConstantExpressionAst', 'ExpandableStringExpressionAst' } { if ("$($Node.StringConstantType)" -like 'DoubleQuoted*' -and $Node.Extent.Text -match '(?<!`)(``)*`(e|u\{)') { 'the escape `e or `u{}' } }
        'CommandAst' { $call = Get-Call $Node; if ($call) { Get-NewInCall $call } }
        'TypeExpressionAst' { if ($Node.TypeName.FullName -match '^semver$|SemanticVersion$') { 'the type semver' } }
    }
    if ($Node.PSObject.Properties['NullConditional'] -and $Node.NullConditional) { 'the operator ?. or ?[]' }
    if ($Node.PSObject.Properties['CleanBlock'] -and $null -ne $Node.CleanBlock) { 'a clean block' }
}

# What means another encoding in 5.1 where it is left to PowerShell.
function Get-EncodingInNode {
    param([System.Management.Automation.Language.Ast] $Node)
    switch ($Node.GetType().Name) {
        'FileRedirectionAst' { if ("$($Node.Location)" -ne '$null') { 'a redirection to a file' } }
        'CommandAst' {
            $call = Get-Call $Node
            if ($call -and $call.Name -in $TextCommands -and -not $call.Parameters.ContainsKey('Encoding')) { "$($call.Name) without -Encoding" }
            # 5.1 begins the file with a line about types.
            if ($call -and $call.Name -in 'Export-Csv', 'ConvertTo-Csv' -and -not @($call.Parameters.Keys -like 'NoType*')) { "$($call.Name) without -NoTypeInformation" }
        }
        'MemberExpressionAst' { if ($Node.Static -and "$($Node.Expression)" -match '^\[(System\.)?Text\.Encoding\]$' -and "$($Node.Member)" -eq 'Default') { 'Encoding.Default' } }
    }
}

# What of a script Windows PowerShell 5.1 lacks, or with -Encodings what it takes otherwise: a line each.
function Find-AboveFloor {
    param([string] $Text, [switch] $Encodings)
    $errors = $null
    $tree = [System.Management.Automation.Language.Parser]::ParseInput($Text, [ref] $null, [ref] $errors)
    foreach ($fault in $errors) { 'line {0}: {1}' -f $fault.Extent.StartLineNumber, $fault.Message }
    foreach ($node in $tree.FindAll($every, $true)) {
        foreach ($what in @(if ($Encodings) { Get-EncodingInNode $node } else { Get-NewInNode $node })) {
            'line {0}: {1}' -f $node.Extent.StartLineNumber, $what
        }
    }
}

# The words of a script that are like a pattern: no comments, which the help is made of.
function Find-InCode {
    param([string] $Path, [string] $Pattern)
    $tokens = $null
    [void] [System.Management.Automation.Language.Parser]::ParseFile($Path, [ref] $tokens, [ref] $null)
    foreach ($token in $tokens) {
        if ("$($token.Kind)" -ne 'Comment' -and $token.Text -match $Pattern) { '{0}, line {1}: {2}' -f $Path, $token.Extent.StartLineNumber, $token.Text }
    }
}

Export-ModuleMember -Function Find-AboveFloor, Find-InCode
